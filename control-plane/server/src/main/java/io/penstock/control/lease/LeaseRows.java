// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.lease;

import io.penstock.control.lease.LeaseWatch.Look;
import java.sql.Timestamp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/// The lease and the replicas as rows. Uses connections of its own: a beat must not wait for requests.
final class LeaseRows {
    /// Known to the trigger `refuse_former_holders`, too.
    private static final long LOCK = 7_350_001;

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;

    LeaseRows(JdbcClient jdbc, TransactionTemplate transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    /// How the database knows connections of a replica.
    static String applicationName(String replica) {
        return "penstock " + replica;
    }

    record State(Look look, String secret, Map<String, Replica> replicas) {}

    void beat(Replica self) {
        jdbc.sql("""
                        insert into control_plane_replicas (id, zone, http_address, broker_address, broker_tls_address, beats,
                                                            started_at)
                        values (?, ?, ?, ?, ?, 1, ?)
                        on conflict (id) do update set http_address = excluded.http_address,
                          broker_address = excluded.broker_address,
                          broker_tls_address = excluded.broker_tls_address, beats = control_plane_replicas.beats + 1
                        """)
                .params(
                        self.id(),
                        self.zone(),
                        self.httpAddress(),
                        self.brokerAddress(),
                        self.brokerTlsAddress(),
                        Timestamp.from(self.startedAt()))
                .update();
    }

    State look() {
        record Row(long epoch, Optional<String> holder, String secret, boolean connected) {}
        Row lease = jdbc.sql("""
                        select epoch, holder, secret, exists (select from pg_stat_activity
                            where usename = current_user and datname = current_database()
                              and application_name = 'penstock ' || holder)
                        from control_plane_lease
                        """)
                .query((row, _) -> new Row(
                        row.getLong(1), Optional.ofNullable(row.getString(2)), row.getString(3), row.getBoolean(4)))
                .single();
        var beats = new HashMap<String, Long>();
        var replicas = new TreeMap<String, Replica>();
        jdbc.sql("select id, zone, http_address, broker_address, broker_tls_address, started_at, beats"
                        + " from control_plane_replicas")
                .query(row -> {
                    String id = row.getString(1);
                    beats.put(id, row.getLong(7));
                    replicas.put(
                            id,
                            new Replica(
                                    id,
                                    row.getString(2),
                                    row.getString(3),
                                    row.getString(4),
                                    row.getString(5),
                                    row.getTimestamp(6).toInstant(),
                                    lease.holder().filter(id::equals).isPresent()));
                });
        return new State(
                new Look(lease.epoch(), lease.holder(), lease.connected(), Map.copyOf(beats)),
                lease.secret(),
                replicas);
    }

    /// Ends what the former holder has under way, waits for what is being committed, and takes the lease.
    ///
    /// @return the new epoch; empty if somebody was faster
    Optional<Long> take(Look seen, String replica) {
        seen.holder()
                .ifPresent(former -> jdbc.sql(
                                "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                                        + " where usename = current_user and datname = current_database() and application_name = ?")
                        .param(applicationName(former))
                        .query(Long.class)
                        .single());
        return transactions.execute(_ -> {
            jdbc.sql("set local lock_timeout = '1s'").update();
            jdbc.sql("select 1 from (select pg_advisory_xact_lock(?)) as locked")
                    .param(LOCK)
                    .query(Integer.class)
                    .single();
            return jdbc.sql("update control_plane_lease set epoch = epoch + 1, holder = ? where epoch = ?"
                            + " and coalesce(holder, '') = ? returning epoch")
                    .params(replica, seen.epoch(), seen.holder().orElse(""))
                    .query(Long.class)
                    .optional();
        });
    }

    void giveBack(long epoch, String replica) {
        jdbc.sql("update control_plane_lease set holder = null where epoch = ?")
                .param(epoch)
                .update();
        forget(List.of(replica));
    }

    void forget(Iterable<String> replicas) {
        replicas.forEach(replica -> jdbc.sql("delete from control_plane_replicas where id = ?")
                .param(replica)
                .update());
    }
}
