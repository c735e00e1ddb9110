// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.penstock.brokerapi.v1.JoinRequest;
import io.penstock.brokerapi.v1.JoinResponse;
import io.penstock.brokerapi.v1.RenewCertificateRequest;
import io.penstock.brokerapi.v1.RenewCertificateResponse;
import java.security.cert.X509Certificate;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Lets brokers of other hosts in: with a one-time token the first time, with their certificate from then on.
///
/// A host is one broker at a time. When it joins again its former process has ended, since both would hold the same
/// folder: that is as good as a provisioner's word, and its shards move at once.
final class BrokerJoining {
    private static final Logger log = LoggerFactory.getLogger(BrokerJoining.class);
    private static final Duration FORMER_ENDS = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(20);

    private final JoinTokens tokens;
    private final BrokerAuthority authority;
    private final BrokerRegistry registry;
    private final Brokers rows;
    private final JdbcClient jdbc;
    private final Supplier<String> brokerIds;
    private final Supplier<String> memberIds;
    private final Clock clock;
    private final RandomGenerator random;
    private final CountDownLatch never = new CountDownLatch(1);

    BrokerJoining(
            JoinTokens tokens,
            BrokerAuthority authority,
            BrokerRegistry registry,
            Brokers rows,
            JdbcClient jdbc,
            Supplier<String> brokerIds,
            Supplier<String> memberIds,
            Clock clock,
            RandomGenerator random) {
        this.tokens = tokens;
        this.authority = authority;
        this.registry = registry;
        this.rows = rows;
        this.jdbc = jdbc;
        this.brokerIds = brokerIds;
        this.memberIds = memberIds;
        this.clock = clock;
        this.random = random;
    }

    private record Member(String id, String fleetId, String zone, String host, String brokerId) {}

    /// @param shown the connection's certificate, by our authority and in force
    synchronized JoinResponse join(JoinRequest request, Optional<X509Certificate> shown) {
        Member member = shown.map(certificate -> known(BrokerAuthority.memberOf(certificate), request.getHost()))
                .orElseGet(() -> fresh(request));
        registry.broker(member.brokerId()).ifPresent(former -> awaitEnd(former.id()));
        String joinToken = Secrets.drawn(random);
        Broker broker = Broker.wished(
                brokerIds.get(),
                member.fleetId(),
                freeNode(member.fleetId()),
                member.zone(),
                member.host(),
                rows.nextEpoch(),
                Secrets.hash(joinToken),
                clock.instant());
        byte[] certificate = certificate(member.id(), request.getPublicKey());
        registry.wished(broker);
        jdbc.sql("""
                        insert into broker_members (id, fleet_id, zone, host, broker_id, joined_at)
                        values (?, ?, ?, ?, ?, ?)
                        on conflict (id) do update set host = excluded.host, broker_id = excluded.broker_id
                        """)
                .params(
                        member.id(),
                        member.fleetId(),
                        member.zone(),
                        member.host(),
                        broker.id(),
                        Timestamp.from(clock.instant()))
                .update();
        log.info(
                "event=broker_joined member={} broker={} node={} host={} zone={} first={}",
                member.id(),
                broker.id(),
                broker.nodeId(),
                member.host(),
                member.zone(),
                shown.isEmpty());
        return JoinResponse.newBuilder()
                .setFleetId(member.fleetId())
                .setJoinToken(joinToken)
                .setZone(member.zone())
                .setCertificate(ByteString.copyFrom(certificate))
                .setAuthority(ByteString.copyFrom(authority.encoded()))
                .build();
    }

    RenewCertificateResponse renew(RenewCertificateRequest request, X509Certificate shown) {
        String member = known(BrokerAuthority.memberOf(shown), "").id();
        byte[] certificate = certificate(member, request.getPublicKey());
        log.info("event=broker_certificate_renewed member={}", member);
        return RenewCertificateResponse.newBuilder()
                .setCertificate(ByteString.copyFrom(certificate))
                .build();
    }

    private byte[] certificate(String member, ByteString publicKey) {
        try {
            return authority.forBroker(member, publicKey.toByteArray());
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Status.Code.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        }
    }

    private Member known(String id, String host) {
        return jdbc.sql("select id, fleet_id, zone, host, broker_id from broker_members where id = ?")
                .param(id)
                .query((row, _) -> new Member(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        host.isEmpty() ? row.getString(4) : host,
                        row.getString(5)))
                .optional()
                .orElseThrow(() -> new RefusedException(
                        Status.Code.PERMISSION_DENIED,
                        "the certificate's host is not of any fleet (any more): join with a new token"));
    }

    private Member fresh(JoinRequest request) {
        if (request.getHost().isBlank()) {
            throw new RefusedException(Status.Code.INVALID_ARGUMENT, "say where the broker is reached");
        }
        JoinTokens.Used used = tokens.use(request.getToken())
                .orElseThrow(() -> new RefusedException(
                        Status.Code.PERMISSION_DENIED, "the join token is unknown, too old or used: ask for another"));
        return new Member(memberIds.get(), used.fleetId(), used.zone(), request.getHost(), "");
    }

    private void awaitEnd(String brokerId) {
        registry.processEnded(brokerId);
        try {
            for (long left = FORMER_ENDS.toMillis();
                    left > 0 && registry.broker(brokerId).isPresent(); ) {
                never.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                left -= LOOK.toMillis();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int freeNode(String fleetId) {
        Set<Integer> taken =
                registry.brokers(fleetId).stream().map(Broker::nodeId).collect(Collectors.toSet());
        int free = 0;
        while (taken.contains(free)) {
            free++;
        }
        return free;
    }
}
