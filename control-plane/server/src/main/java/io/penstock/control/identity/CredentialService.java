// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.identity;

import io.penstock.api.ProblemCode;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.cluster.ClusterService;
import io.penstock.control.metalog.Metalog;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.IdGenerator;
import io.penstock.control.resource.IdPrefix;
import io.penstock.control.resource.Page;
import io.penstock.metadata.AccessRecords;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.Credential;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.ScramPlan;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.springframework.stereotype.Service;

/// Issues, replaces and takes away what service accounts show to a cluster. A secret is seen once, by whoever asked for
/// it; the metalog has its SCRAM keys only.
@Service
public class CredentialService {
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int SECRET_LENGTH = 43; // 256 bits of chance: no dictionary holds it

    private final ClusterService clusters;
    private final ServiceAccountService accounts;
    private final AccessChanges changes;
    private final Metalog metalog;
    private final IdGenerator ids;
    private final RandomGenerator random;
    private final Clock clock;

    CredentialService(
            ClusterService clusters,
            ServiceAccountService accounts,
            AccessChanges changes,
            Metalog metalog,
            IdGenerator ids,
            RandomGenerator random,
            Clock clock) {
        this.clusters = clusters;
        this.accounts = accounts;
        this.changes = changes;
        this.metalog = metalog;
        this.ids = ids;
        this.random = random;
        this.clock = clock;
    }

    /// A credential as the metalog has it.
    public record Known(Credential credential, ScramMechanism mechanism) {}

    /// What a caller may decide of a new credential.
    ///
    /// @param expiresAt when it stops working; empty: never
    /// @param secret the caller's own; empty: one is drawn
    /// @param pointer where both stand in the request
    public record Wish(Optional<Instant> expiresAt, Optional<String> secret, String pointer) {}

    /// One that was just made.
    ///
    /// @param drawn the only sight of its secret; empty: the caller brought it
    public record Issued(Known known, Optional<String> drawn) {}

    /// @param dryRun check only
    public Issued create(
            Caller caller,
            String clusterId,
            String serviceAccountId,
            ScramMechanism mechanism,
            Wish wish,
            boolean dryRun) {
        caller.require(Permission.ACCESS_MANAGE);
        var cluster = clusters.find(caller, clusterId);
        var account = accounts.find(caller, serviceAccountId);
        if (!account.tenantId().equals(cluster.tenantId())) {
            throw ProblemException.notFound("service account", serviceAccountId);
        }
        requireAhead(wish);
        var secret = wish.secret().orElseGet(this::draw);
        var issued = issue(account.id(), mechanism, wish, secret);
        return dryRun
                ? issued
                : changes.changed(clusterId, image -> new AccessChanges.Decision<>(issued, records(issued, secret)));
    }

    private void requireAhead(Wish wish) {
        if (wish.expiresAt().isPresent() && !wish.expiresAt().get().isAfter(clock.instant())) {
            throw ProblemException.field(wish.pointer() + "/expires_at", "out_of_range", "it must lie ahead");
        }
    }

    /// A new credential for the same account; unless the wish says when it ends, it ends when the old one would
    /// have. The old one goes on for a while.
    public Issued rotate(Caller caller, String clusterId, String user, Duration overlap, Wish wish) {
        caller.require(Permission.ACCESS_MANAGE);
        clusters.find(caller, clusterId);
        requireAhead(wish);
        var secret = wish.secret().orElseGet(this::draw);
        return changes.changed(clusterId, image -> {
            var old = known(image, user);
            var issued = issue(old.credential().principal(), old.mechanism(), endingAsBefore(old, wish), secret);
            var records = new ArrayList<>(records(issued, secret));
            if (overlap.isZero()) {
                records.addAll(AccessRecords.revoke(image, user));
            } else {
                long end = clock.instant().plus(overlap).toEpochMilli();
                records.add(AccessRecords.issue(new Credential(
                        user,
                        old.credential().principal(),
                        old.credential().createdAtMillis(),
                        OptionalLong.of(
                                Math.min(end, old.credential().expiresAtMillis().orElse(end))))));
            }
            return new AccessChanges.Decision<>(issued, List.copyOf(records));
        });
    }

    private Wish endingAsBefore(Known old, Wish wish) {
        var end = old.credential().expiresAtMillis();
        if (wish.expiresAt().isPresent() || end.isEmpty()) {
            return wish;
        }
        if (end.getAsLong() <= clock.millis()) {
            throw ProblemException.of(
                    ProblemCode.INVALID_STATE,
                    "Credential '" + old.credential().user() + "' has expired: say when the new one is to.");
        }
        return new Wish(Optional.of(Instant.ofEpochMilli(end.getAsLong())), wish.secret(), wish.pointer());
    }

    private Issued issue(String principal, ScramMechanism mechanism, Wish wish, String secret) {
        var credential = new Credential(
                ids.next(IdPrefix.API_KEY),
                principal,
                clock.millis(),
                wish.expiresAt().map(at -> OptionalLong.of(at.toEpochMilli())).orElse(OptionalLong.empty()));
        return new Issued(
                new Known(credential, mechanism), wish.secret().isPresent() ? Optional.empty() : Optional.of(secret));
    }

    private String draw() {
        var secret = new StringBuilder();
        while (secret.length() < SECRET_LENGTH) {
            secret.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
        return secret.toString();
    }

    private static List<MetalogRecord> records(Issued issued, String secret) {
        var known = issued.known();
        return List.of(
                AccessRecords.setScram(
                        known.credential().user(), known.mechanism(), ScramPlan.keys(known.mechanism(), secret)),
                AccessRecords.issue(known.credential()));
    }

    public Known find(Caller caller, String clusterId, String user) {
        return known(image(caller, clusterId), user);
    }

    public Page<Known> list(Caller caller, String clusterId, Page.Request request) {
        var image = image(caller, clusterId);
        var page = new TreeMap<>(image.credentials())
                .tailMap(request.after(), false).values().stream()
                        .limit(request.size() + 1L)
                        .map(credential -> known(image, credential.user()))
                        .toList();
        return Page.cut(page, request.size(), known -> known.credential().user());
    }

    public long count(Caller caller, String clusterId) {
        return image(caller, clusterId).credentials().size();
    }

    /// It opens nothing from now on; connections that it opened end with their next request.
    public void delete(Caller caller, String clusterId, String user, boolean dryRun) {
        caller.require(Permission.ACCESS_MANAGE);
        known(image(caller, clusterId), user);
        if (!dryRun) {
            changes.changed(clusterId, image -> {
                known(image, user);
                return new AccessChanges.Decision<>(user, AccessRecords.revoke(image, user));
            });
        }
    }

    private ClusterImage image(Caller caller, String clusterId) {
        clusters.find(caller, clusterId);
        caller.require(Permission.ACCESS_READ);
        clusters.serving(clusterId);
        return metalog.image(clusterId);
    }

    private static Known known(ClusterImage image, String user) {
        var credential = image.credentials().get(user);
        if (credential == null) {
            throw ProblemException.notFound("credential", user);
        }
        var mechanism =
                ScramPlan.keys(image, user, ScramMechanism.SCRAM_SHA_512).isPresent()
                        ? ScramMechanism.SCRAM_SHA_512
                        : ScramMechanism.SCRAM_SHA_256;
        return new Known(credential, mechanism);
    }
}
