// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.storage;

import io.penstock.api.BucketVerification;
import io.penstock.api.ProblemCode;
import io.penstock.api.ResourceRef;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.Description;
import io.penstock.control.resource.IdGenerator;
import io.penstock.control.resource.IdPrefix;
import io.penstock.control.resource.NewResource;
import io.penstock.control.resource.OrderedPages;
import io.penstock.control.resource.OrderedPages.Source;
import io.penstock.control.resource.Page;
import io.penstock.control.resource.Reach;
import io.penstock.control.resource.SortColumn;
import io.penstock.objectstore.ObjectStore;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/// Registers, verifies and removes buckets, and hands out their stores.
///
/// Nothing here talks to a store inside a transaction: certification takes seconds.
@Service
public class BucketService {
    private static final Map<String, SortColumn> COLUMNS = SortColumn.ofResources(SortColumn.text("phase"));
    /// What buckets can be ordered by.
    public static final Set<String> SORTABLE = COLUMNS.keySet();

    private final Buckets buckets;
    private final OrderedPages pages;
    private final OpenStores stores;
    private final StoreGateway gateway;
    private final CredentialBox credentials;
    private final List<BucketUsers> users;
    private final ApplicationEventPublisher events;
    private final TransactionTemplate transactions;
    private final IdGenerator ids;
    private final Clock clock;

    BucketService(
            Buckets buckets,
            OrderedPages pages,
            OpenStores stores,
            StoreGateway gateway,
            CredentialBox credentials,
            List<BucketUsers> users,
            ApplicationEventPublisher events,
            TransactionTemplate transactions,
            IdGenerator ids,
            Clock clock) {
        this.buckets = buckets;
        this.pages = pages;
        this.stores = stores;
        this.gateway = gateway;
        this.credentials = credentials;
        this.users = List.copyOf(users);
        this.events = events;
        this.transactions = transactions;
        this.ids = ids;
        this.clock = clock;
    }

    /// What somebody wants to register.
    ///
    /// @param tenantId whose clusters alone may use it; empty: everybody's
    public record NewBucket(
            Description description, Optional<String> tenantId, String uri, Optional<StoreCredentials> credentials) {}

    /// Opens and certifies the store; one that fails is refused with the report, and nothing is kept of it.
    public Bucket create(Caller caller, NewBucket wish) {
        return create(caller, wish, false);
    }

    /// @param dryRun certify and decide, but keep nothing
    public Bucket create(Caller caller, NewBucket wish, boolean dryRun) {
        caller.requireInOrganization(Permission.BUCKET_MANAGE);
        refuseTakenName(wish.description().name(), "");
        var id = ids.next(IdPrefix.BUCKET);
        var sealed = wish.credentials().map(given -> credentials.sealed(id, given));
        var verification = gateway.certify(wish.uri(), wish.credentials());
        if (!verification.passed()) {
            throw refused(wish.uri(), verification);
        }
        var facts = new NewResource(
                wish.description().name(),
                wish.description().labels(),
                wish.description().deletionProtection(),
                caller.id(),
                clock.instant());
        return inTransaction(
                dryRun,
                () -> buckets.saveAndFlush(new Bucket(id, facts, wish.tenantId(), wish.uri(), sealed, verification)));
    }

    public Bucket find(Caller caller, String id) {
        caller.require(Permission.BUCKET_READ);
        return visible(caller, id);
    }

    public Page<Bucket> list(Caller caller, Page.Request request) {
        caller.require(Permission.BUCKET_READ);
        var reach = caller.reach(Permission.BUCKET_READ);
        if (!request.order().isUsual()) {
            return pages.page(
                    new Source("buckets", "id", COLUMNS, Reach.of("tenant_id"), Map.of("reach", reach)),
                    request,
                    buckets::findByIdIn,
                    Bucket::id);
        }
        return Page.cut(buckets.page(request.after(), reach, Limit.of(request.size() + 1)), request.size(), Bucket::id);
    }

    public long count(Caller caller) {
        return buckets.countOf(caller.reach(Permission.BUCKET_READ));
    }

    /// The bucket a new cluster of a tenant goes to: the one that was named, or else the tenant's own, or
    /// else the
    /// oldest that everybody may use.
    public Bucket forClusterOf(Caller caller, String tenantId, Optional<String> wanted) {
        if (wanted.isPresent()) {
            return buckets.findById(wanted.get())
                    .filter(bucket -> caller.may(Permission.BUCKET_READ, bucket.tenantId()))
                    .filter(bucket -> bucket.tenantId().isEmpty()
                            || bucket.tenantId().get().equals(tenantId))
                    .orElseThrow(() -> ProblemException.field(
                            "/spec/bucket_id",
                            "not_found",
                            "there is no bucket '" + wanted.get() + "' for this tenant"));
        }
        return buckets.usableBy(tenantId, Limit.of(1)).stream()
                .findFirst()
                .orElseThrow(() -> ProblemException.field(
                        "/spec/bucket_id", "required", "there is no bucket for this tenant yet: register one first"));
    }

    /// Certifies the store again and notes the outcome.
    ///
    /// @param dryRun certify, but do not note it
    public Bucket verify(Caller caller, String id, boolean dryRun) {
        caller.requireInOrganization(Permission.BUCKET_MANAGE);
        var bucket = visible(caller, id);
        var verification = gateway.certify(bucket.uri(), credentials.of(bucket));
        return inTransaction(dryRun, () -> {
            var found = visible(caller, id);
            found.verified(verification);
            return buckets.saveAndFlush(found);
        });
    }

    /// @param newCredentials empty: they stay as they are; new ones must open the store and pass
    ///     certification
    /// @param dryRun certify and decide, but change nothing
    public Bucket update(
            Caller caller,
            String id,
            OptionalLong expectedVersion,
            Description description,
            Optional<StoreCredentials> newCredentials,
            boolean dryRun) {
        caller.requireInOrganization(Permission.BUCKET_MANAGE);
        var bucket = visible(caller, id);
        refuseTakenName(description.name(), id);
        var verification = newCredentials.map(given -> gateway.certify(bucket.uri(), Optional.of(given)));
        verification.filter(outcome -> !outcome.passed()).ifPresent(outcome -> {
            throw refused(bucket.uri(), outcome);
        });
        var changed = inTransaction(dryRun, () -> {
            var found = visible(caller, id);
            requireVersion(found, expectedVersion);
            found.redescribed(description, clock.instant());
            newCredentials.ifPresent(given -> found.rekeyed(credentials.sealed(id, given), clock.instant()));
            verification.ifPresent(found::verified);
            return buckets.saveAndFlush(found);
        });
        if (newCredentials.isPresent() && !dryRun) {
            stores.forget(id);
            events.publishEvent(new BucketKeysChanged(id));
        }
        return changed;
    }

    /// Forgets the bucket; what is in the store stays there.
    ///
    /// @param dryRun decide, but change nothing
    /// @return the bucket as it was
    public Bucket delete(Caller caller, String id, OptionalLong expectedVersion, boolean dryRun) {
        caller.requireInOrganization(Permission.BUCKET_MANAGE);
        var deleted = inTransaction(dryRun, () -> {
            var bucket = visible(caller, id);
            requireVersion(bucket, expectedVersion);
            if (bucket.deletionProtection()) {
                throw ProblemException.of(
                        ProblemCode.DELETION_PROTECTED,
                        "Bucket '" + bucket.name()
                                + "' is protected: set metadata.deletion_protection to false first.");
            }
            List<ResourceRef> blocking =
                    users.stream().flatMap(user -> user.of(id).stream()).toList();
            if (!blocking.isEmpty()) {
                throw ProblemException.notEmpty("Clusters live in bucket '" + bucket.name() + "'.", blocking);
            }
            users.forEach(user -> user.forget(id));
            buckets.delete(bucket);
            return bucket;
        });
        if (!dryRun) {
            stores.forget(id);
        }
        return deleted;
    }

    /// The bucket's store, opened once and shared. Callers must not close it.
    public ObjectStore store(String bucketId) {
        return stores.of(bucketId, () -> {
            var bucket = existing(bucketId);
            return gateway.open(bucket.uri(), credentials.of(bucket));
        });
    }

    /// Where the bucket is, as brokers open it.
    public String uri(String bucketId) {
        return existing(bucketId).uri();
    }

    /// Keys that brokers need for the bucket; empty: their own environment has them.
    public Optional<StoreCredentials> credentials(String bucketId) {
        return credentials.of(existing(bucketId));
    }

    private static ProblemException refused(String uri, BucketVerification verification) {
        var first = verification.checks().stream()
                .filter(check -> !check.passed())
                .findFirst()
                .map(check -> check.name() + ": " + check.detail())
                .orElse("no reason was given");
        return ProblemException.of(
                        ProblemCode.BUCKET_REFUSED,
                        "The store at " + withoutQuery(uri) + " failed certification (" + first
                                + "). Use a store with strongly consistent conditional writes.")
                .with(Map.of("verification", verification));
    }

    static String withoutQuery(String uri) {
        var query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    private Bucket inTransaction(boolean takeBack, java.util.function.Supplier<Bucket> work) {
        return java.util.Objects.requireNonNull(transactions.execute(status -> {
            var outcome = work.get();
            if (takeBack) {
                status.setRollbackOnly();
            }
            return outcome;
        }));
    }

    private Bucket existing(String id) {
        return buckets.findById(id).orElseThrow(() -> ProblemException.notFound("bucket", id));
    }

    private Bucket visible(Caller caller, String id) {
        return buckets.findById(id)
                .filter(bucket -> caller.may(Permission.BUCKET_READ, bucket.tenantId()))
                .orElseThrow(() -> ProblemException.notFound("bucket", id));
    }

    private void refuseTakenName(String name, String exceptId) {
        buckets.findByName(name).filter(other -> !other.id().equals(exceptId)).ifPresent(other -> {
            throw ProblemException.alreadyExists("bucket", name, other.id());
        });
    }

    private static void requireVersion(Bucket bucket, OptionalLong expected) {
        if (expected.isPresent() && expected.getAsLong() != bucket.version()) {
            throw ProblemException.versionConflict(bucket.version());
        }
    }
}
