// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/// The rows of brokers.
final class Brokers {
    private static final String COLUMNS = "select id, fleet_id, node_id, phase, reason, phase_since, zone, host,"
            + " broker_epoch, software, join_token_hash, session_token_hash, process_token, pid, process_started_at"
            + " from brokers";

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final BrokerJournal journal;

    /// @param journal hears of what begins, in the same transaction
    Brokers(JdbcClient jdbc, TransactionOperations transactions, BrokerJournal journal) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.journal = journal;
    }

    long nextEpoch() {
        return jdbc.sql("select nextval('broker_epochs')").query(Long.class).single();
    }

    void insert(Broker broker) {
        transactions.executeWithoutResult(_ -> {
            insertRow(broker);
            journal.begins(BrokerWorkflow.START, broker);
        });
    }

    private void insertRow(Broker broker) {
        jdbc.sql("""
                        insert into brokers (id, fleet_id, node_id, phase, reason, phase_since, zone, host, broker_epoch,
                                             software, join_token_hash)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """)
                .params(
                        broker.id(),
                        broker.fleetId(),
                        broker.nodeId(),
                        broker.phase().name(),
                        broker.reason(),
                        Timestamp.from(broker.phaseSince()),
                        broker.zone(),
                        broker.host(),
                        broker.epoch(),
                        broker.software(),
                        broker.joinTokenHash())
                .update();
    }

    void update(Broker broker) {
        transactions.executeWithoutResult(_ -> {
            BrokerPhase before = BrokerPhase.valueOf(jdbc.sql("select phase from brokers where id = ? for update")
                    .param(broker.id())
                    .query(String.class)
                    .single());
            updateRow(broker);
            switch (broker.phase()) {
                case SUSPECTED, LOST -> {
                    if (before == BrokerPhase.SERVING) {
                        journal.begins(BrokerWorkflow.REPLACE, broker);
                    }
                }
                case DRAINING -> {
                    if (before != BrokerPhase.DRAINING) {
                        journal.begins(BrokerWorkflow.DRAIN, broker);
                    }
                }
                case STARTING, SERVING, RETIRED -> {}
            }
        });
    }

    private void updateRow(Broker broker) {
        jdbc.sql("""
                        update brokers
                        set phase = :phase, reason = :reason, phase_since = :since, zone = :zone, software = :software,
                            session_token_hash = :session, process_token = :process, pid = :pid,
                            process_started_at = :started
                        where id = :id
                        """)
                .param("phase", broker.phase().name())
                .param("reason", broker.reason())
                .param("since", Timestamp.from(broker.phaseSince()))
                .param("zone", broker.zone())
                .param("software", broker.software())
                .param("session", broker.sessionTokenHash().orElse(null))
                .param("process", broker.processToken().orElse(null))
                .param("pid", broker.process().map(ProcessRef::pid).orElse(null))
                .param(
                        "started",
                        broker.process().map(p -> Timestamp.from(p.startedAt())).orElse(null))
                .param("id", broker.id())
                .update();
    }

    /// Brokers whose life is not over, of all fleets.
    List<Broker> living() {
        return jdbc.sql(COLUMNS + " where phase not in ('LOST', 'RETIRED') order by id")
                .query((row, i) -> broker(row))
                .list();
    }

    private static Broker broker(ResultSet row) throws SQLException {
        long pid = row.getLong("pid");
        @Nullable Timestamp started = row.getTimestamp("process_started_at");
        return new Broker(
                row.getString("id"),
                row.getString("fleet_id"),
                row.getInt("node_id"),
                BrokerPhase.valueOf(row.getString("phase")),
                row.getString("reason"),
                row.getTimestamp("phase_since").toInstant(),
                row.getString("zone"),
                row.getString("host"),
                row.getLong("broker_epoch"),
                row.getString("software"),
                row.getString("join_token_hash"),
                Optional.ofNullable(row.getString("session_token_hash")),
                Optional.ofNullable(row.getString("process_token")),
                started == null ? Optional.empty() : Optional.of(new ProcessRef(pid, started.toInstant())));
    }
}
