// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.api.ProblemCode;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.IdGenerator;
import io.penstock.control.resource.IdPrefix;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.springframework.jdbc.core.simple.JdbcClient;

/// One-time tokens with which hosts become brokers: `psj.<id>.<secret>.<SHA-256 of the authority's certificate>`.
public final class JoinTokens {
    private static final Duration USUAL = Duration.ofHours(1);
    private static final Duration LONGEST = Duration.ofDays(7);
    private static final String MARK = "psj";

    private final JdbcClient jdbc;
    private final Supplier<Optional<BrokerAuthority>> authority;
    private final IdGenerator ids;
    private final Clock clock;
    private final RandomGenerator random;

    /// @param authority empty: no port is open where such hosts could call
    JoinTokens(
            JdbcClient jdbc,
            Supplier<Optional<BrokerAuthority>> authority,
            IdGenerator ids,
            Clock clock,
            RandomGenerator random) {
        this.jdbc = jdbc;
        this.authority = authority;
        this.ids = ids;
        this.clock = clock;
        this.random = random;
    }

    /// @param secret shown once; empty where it is not shown
    public record Issued(String id, String secret, String zone, Instant expiresAt) {}

    /// What a token that was just used allowed.
    record Used(String fleetId, String zone) {}

    /// When a token ends.
    ///
    /// @param wanted empty: in an hour
    /// @throws ProblemException if that is past, or more than a week ahead
    public Instant end(Optional<Instant> wanted) {
        Instant now = clock.instant();
        Instant end = wanted.orElse(now.plus(USUAL));
        if (!end.isAfter(now) || end.isAfter(now.plus(LONGEST))) {
            throw ProblemException.field("/spec/expires_at", "out_of_range", "within the next seven days");
        }
        return end;
    }

    public Issued issue(Caller caller, Fleet fleet, String zone, Instant expiresAt) {
        caller.requireInOrganization(Permission.FLEET_MANAGE);
        if (fleet.provisioning() != Provisioning.JOINED) {
            throw ProblemException.of(
                    ProblemCode.INVALID_STATE,
                    "Fleet '" + fleet.name() + "' starts its brokers itself (spec.provisioning is MANAGED).");
        }
        BrokerAuthority signer = authority
                .get()
                .orElseThrow(() -> ProblemException.of(
                        ProblemCode.INVALID_STATE,
                        "No port is open where brokers of other hosts could call: set penstock.grpc.tls.port."));
        String id = ids.next(IdPrefix.JOIN_TOKEN);
        String secret = Secrets.drawn(random);
        jdbc.sql("insert into broker_join_tokens (id, fleet_id, zone, secret_hash, created_by, created_at, expires_at)"
                        + " values (?, ?, ?, ?, ?, ?, ?)")
                .params(
                        id,
                        fleet.id(),
                        zone,
                        Secrets.hash(secret),
                        caller.id(),
                        Timestamp.from(clock.instant()),
                        Timestamp.from(expiresAt))
                .update();
        return new Issued(id, String.join(".", MARK, id, secret, signer.fingerprint()), zone, expiresAt);
    }

    /// Uses a token up.
    ///
    /// @return empty if it is unknown, past its end or used
    Optional<Used> use(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 4 || !parts[0].equals(MARK)) {
            return Optional.empty();
        }
        Timestamp now = Timestamp.from(clock.instant());
        return jdbc.sql("update broker_join_tokens set used_at = ? where id = ? and secret_hash = ?"
                        + " and used_at is null and expires_at > ? returning fleet_id, zone")
                .params(now, parts[1], Secrets.hash(parts[2]), now)
                .query((row, _) -> new Used(row.getString(1), row.getString(2)))
                .optional();
    }
}
