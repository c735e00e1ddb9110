// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import io.penstock.api.Phase;
import io.penstock.api.ProblemCode;
import io.penstock.api.ResourceRef;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.access.Scope;
import io.penstock.control.metalog.Metalog;
import io.penstock.control.metalog.PrefixContent;
import io.penstock.control.operation.OperationService;
import io.penstock.control.operation.Requester;
import io.penstock.control.operation.Workflow;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.Description;
import io.penstock.control.resource.IdGenerator;
import io.penstock.control.resource.IdPrefix;
import io.penstock.control.resource.NewResource;
import io.penstock.control.resource.OrderedPages;
import io.penstock.control.resource.OrderedPages.Source;
import io.penstock.control.resource.Page;
import io.penstock.control.resource.SortColumn;
import io.penstock.control.storage.BucketService;
import io.penstock.control.tenant.TenantService;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ClusterSettings;
import io.penstock.metadata.MetalogRecords;
import io.penstock.objectstore.layout.ClusterPrefix;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/// Takes wishes for clusters. What takes time is done by [ClusterReconciler], which follows the rows.
@Service
public class ClusterService {
    private static final Map<String, SortColumn> COLUMNS =
            SortColumn.ofResources(SortColumn.text("phase"), SortColumn.number("shards"));
    /// What clusters can be ordered by.
    public static final Set<String> SORTABLE = COLUMNS.keySet();

    // Longer than a bucket's usual trouble; a caller who waits longer has given up.
    private static final Duration STORED_WITHIN = Duration.ofSeconds(20);

    private final Clusters clusters;
    private final OrderedPages pages;
    private final TenantService tenants;
    private final BucketService buckets;
    private final ClusterHosting hosting;
    private final ClusterPurges purges;
    private final Metalog metalog;
    private final OperationService operations;
    private final ApplicationEventPublisher events;
    private final TransactionTemplate transactions;
    private final JsonMapper json;
    private final IdGenerator ids;
    private final Clock clock;

    ClusterService(
            Clusters clusters,
            OrderedPages pages,
            TenantService tenants,
            BucketService buckets,
            ClusterHosting hosting,
            ClusterPurges purges,
            Metalog metalog,
            OperationService operations,
            ApplicationEventPublisher events,
            TransactionTemplate transactions,
            JsonMapper json,
            IdGenerator ids,
            Clock clock) {
        this.clusters = clusters;
        this.pages = pages;
        this.tenants = tenants;
        this.buckets = buckets;
        this.hosting = hosting;
        this.purges = purges;
        this.metalog = metalog;
        this.operations = operations;
        this.events = events;
        this.transactions = transactions;
        this.json = json;
        this.ids = ids;
        this.clock = clock;
    }

    /// Notes the wish and starts its operation; the cluster is PENDING.
    @Transactional
    public Cluster create(Requester requester, NewCluster wish) {
        var caller = requester.caller();
        caller.require(Permission.CLUSTER_MANAGE);
        var tenant = tenants.find(caller, wish.tenantId());
        caller.require(Permission.CLUSTER_MANAGE, new Scope.OfTenant(tenant.id()));
        refuseTakenName(tenant.id(), wish.description().name(), "");
        var bucket = buckets.forClusterOf(caller, tenant.id(), wish.bucketId());
        var fleet = fleet(wish.fleetId());
        var id = ids.next(IdPrefix.CLUSTER);
        var home = new Cluster.Home(
                tenant.id(), bucket.id(), fleet, ClusterPrefix.of(tenant.id(), id), false, wish.authentication());
        return noted(requester, id, wish.description(), home, wish.settings(), ClusterSteps.CREATE);
    }

    private String fleet(Optional<String> wanted) {
        return hosting.fleet(wanted)
                .orElseThrow(() -> ProblemException.field(
                        "/spec/fleet_id",
                        wanted.isPresent() ? "not_found" : "required",
                        wanted.map(id -> "there is no fleet '" + id + "'")
                                .orElse("there is no fleet yet: create one first")));
    }

    private Cluster noted(
            Requester requester,
            String id,
            Description description,
            Cluster.Home home,
            ClusterSettings settings,
            Workflow workflow) {
        clusters.lockPortIndexes();
        var facts = new NewResource(
                description.name(),
                description.labels(),
                description.deletionProtection(),
                requester.caller().id(),
                clock.instant());
        var cluster = new Cluster(id, facts, home, settings, clusters.lowestFreePortIndex());
        var operation = operations.start(requester, workflow, Optional.of(home.tenantId()), ref(cluster));
        cluster.follows(operation.id());
        return announced(clusters.saveAndFlush(cluster));
    }

    /// Notes the wish to attach the cluster that lives under a prefix, whoever owned it so far. The prefix
    /// is looked at before anything is noted, so that what is wrong with it is told at once. The cluster
    /// keeps its id.
    ///
    /// Needs the permission in the whole organization: a prefix says nothing of whose it was here.
    public Cluster adopt(Requester requester, Adoption wish) {
        var caller = requester.caller();
        caller.requireInOrganization(Permission.CLUSTER_MANAGE);
        var tenant = tenants.find(caller, wish.tenantId());
        var bucket = buckets.forClusterOf(caller, tenant.id(), wish.bucketId());
        var fleet = fleet(wish.fleetId());
        var found = found(wish.prefix(), bucket.name(), metalog.look(bucket.id(), wish.prefix()));
        var id = found.identity().clusterId();
        var settings =
                found.image().settings().orElseThrow().named(wish.description().name());
        return Objects.requireNonNull(transactions.execute(_ -> {
            clusters.lock(id).filter(there -> there.phase() != Phase.DELETED).ifPresent(there -> {
                throw ProblemException.alreadyExists("cluster", id, id);
            });
            // What was deleted here is in the bucket for a while, and may be had back.
            if (!purges.undo(id)) {
                throw ProblemException.of(
                        ProblemCode.INVALID_STATE,
                        "Cluster '" + id + "' was deleted, and is being removed from its bucket.");
            }
            clusters.forgetDeleted(id);
            refuseTakenName(tenant.id(), wish.description().name(), "");
            metalog.prepareAdoption(id, tenant.id(), bucket.id(), wish.prefix());
            var home = new Cluster.Home(tenant.id(), bucket.id(), fleet, wish.prefix(), true, wish.authentication());
            return noted(requester, id, wish.description(), home, settings, ClusterSteps.ADOPT);
        }));
    }

    private static PrefixContent.Holds found(ClusterPrefix prefix, String bucket, PrefixContent content) {
        var where = "'" + prefix + "' in bucket '" + bucket + "'";
        return switch (content) {
            case PrefixContent.Holds holds -> holds;
            case PrefixContent.NoCluster _ ->
                throw ProblemException.field(
                        "/spec/prefix",
                        "not_found",
                        "no cluster lives at " + where + ": a whole one has an object '" + prefix
                                + "/cluster' and a metalog below '" + prefix + "/meta/'");
            case PrefixContent.Newer(String detail) ->
                throw ProblemException.field(
                        "/spec/prefix", "newer_format", "the cluster at " + where + " cannot be read here: " + detail);
            case PrefixContent.Damaged(String detail) ->
                throw ProblemException.field(
                        "/spec/prefix", "damaged", "the cluster at " + where + " cannot be read: " + detail);
            case PrefixContent.NoAnswer(String detail) ->
                throw ProblemException.of(
                        ProblemCode.UNAVAILABLE, "The bucket does not tell what is at " + where + ": " + detail);
        };
    }

    @Transactional(readOnly = true)
    public Cluster find(Caller caller, String id) {
        caller.require(Permission.CLUSTER_READ);
        return visible(caller, id);
    }

    /// Whose a cluster is, deleted ones included; empty if there never was one.
    @Transactional(readOnly = true)
    public Optional<Scope.OfCluster> place(String id) {
        return clusters.findById(id).map(cluster -> new Scope.OfCluster(cluster.tenantId(), id));
    }

    /// A cluster whose metadata can be changed now, whoever asks.
    ///
    /// @throws ProblemException if there is none, or if it is not (or no longer) there to be changed
    @Transactional(readOnly = true)
    public Cluster serving(String id) {
        var cluster = clusters.findById(id)
                .filter(found -> found.phase() != Phase.DELETED)
                .orElseThrow(() -> ProblemException.notFound("cluster", id));
        return switch (cluster.phase()) {
            case READY, UPDATING, DEGRADED -> cluster;
            case PENDING, PROVISIONING ->
                throw ProblemException.of(
                        ProblemCode.UNAVAILABLE,
                        "Cluster '" + cluster.name() + "' is still being made: try again when it is READY.");
            case SUSPENDED, DELETING, DELETED, FAILED ->
                throw ProblemException.of(
                        ProblemCode.INVALID_STATE,
                        "Cluster '" + cluster.name() + "' is " + cluster.phase() + "; its topics cannot be changed.");
        };
    }

    /// All clusters whose metadata can be changed now, whoever asks.
    @Transactional(readOnly = true)
    public List<Cluster> allServing() {
        return clusters.findByIdIn(clusters.idsIn(List.of(Phase.READY, Phase.UPDATING, Phase.DEGRADED)));
    }

    @Transactional(readOnly = true)
    public Page<Cluster> list(Caller caller, ClusterFilter filter, Page.Request request) {
        caller.require(Permission.CLUSTER_READ);
        var reach = caller.reach(Permission.CLUSTER_READ);
        if (!request.order().isUsual()) {
            return pages.page(
                    new Source(
                            "clusters",
                            "id",
                            COLUMNS,
                            Clusters.FILTERED,
                            Map.of(
                                    "tenant",
                                    filter.tenantId(),
                                    "reach",
                                    reach,
                                    "fleet",
                                    filter.fleetId(),
                                    "phase",
                                    filter.phase(),
                                    "labels",
                                    json.writeValueAsString(filter.labels()),
                                    "deleted",
                                    filter.deleted())),
                    request,
                    clusters::findByIdIn,
                    Cluster::id);
        }
        return Page.cut(
                clusters.page(
                        request.after(),
                        filter.tenantId(),
                        reach,
                        filter.fleetId(),
                        filter.phase(),
                        json.writeValueAsString(filter.labels()),
                        filter.deleted(),
                        request.size() + 1),
                request.size(),
                Cluster::id);
    }

    @Transactional(readOnly = true)
    public long count(Caller caller, ClusterFilter filter) {
        return clusters.countOf(
                filter.tenantId(),
                caller.reach(Permission.CLUSTER_READ),
                filter.fleetId(),
                filter.phase(),
                json.writeValueAsString(filter.labels()),
                filter.deleted());
    }

    /// Changes what may change. Settings that brokers act on are in the metalog when this returns, unless the
    /// caller brought a transaction: then they are decided with it.
    public Cluster update(
            Caller caller, String id, OptionalLong expectedVersion, Description description, ClusterSettings wish) {
        caller.require(Permission.CLUSTER_MANAGE);
        var entry = new EntryNumber();
        boolean decidedHere = !TransactionSynchronizationManager.isActualTransactionActive();
        var cluster = Objects.requireNonNull(transactions.execute(_ -> {
            var found = visible(caller, id, clusters.lock(id));
            requireVersion(found, expectedVersion);
            refuseTakenName(found.tenantId(), description.name(), id);
            var before = found.settings();
            found.redescribed(description, wish, clock.instant());
            if (!before.equals(found.settings())) {
                serving(id);
                entry.is(metalog.append(
                        id,
                        image -> image.settings().equals(Optional.of(found.settings()))
                                ? List.of()
                                : List.of(MetalogRecords.settings(found.settings()))));
            }
            return clusters.saveAndFlush(found);
        }));
        entry.number().stream()
                .filter(number -> decidedHere)
                .forEach(number -> metalog.stored(id, number)
                        .orTimeout(STORED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                        .join());
        return cluster;
    }

    private static final class EntryNumber {
        private OptionalInt number = OptionalInt.empty();

        void is(int value) {
            number = OptionalInt.of(value);
        }

        OptionalInt number() {
            return number;
        }
    }

    /// Starts the deletion. The objects stay in the bucket until the undo window is over; a prefix is never
    /// used again.
    @Transactional
    public Cluster delete(Requester requester, String id, OptionalLong expectedVersion) {
        var caller = requester.caller();
        caller.require(Permission.CLUSTER_MANAGE);
        var cluster = visible(caller, id, clusters.lock(id));
        requireVersion(cluster, expectedVersion);
        if (cluster.deletionProtection()) {
            throw ProblemException.of(
                    ProblemCode.DELETION_PROTECTED,
                    "Cluster '" + cluster.name() + "' is protected: set metadata.deletion_protection to false first.");
        }
        if (cluster.phase() == Phase.DELETING) {
            return cluster;
        }
        cluster.operationId().ifPresent(operations::cancelled);
        var operation = operations.start(requester, ClusterSteps.DELETE, Optional.of(cluster.tenantId()), ref(cluster));
        cluster.deletionStarted(clock.instant());
        cluster.follows(operation.id());
        return announced(clusters.saveAndFlush(cluster));
    }

    /// Takes a deletion back, as long as no broker was told to remove the cluster's objects: it is attached
    /// again with
    /// all that it held.
    @Transactional
    public Cluster restore(Requester requester, String id) {
        var caller = requester.caller();
        caller.require(Permission.CLUSTER_MANAGE);
        var cluster = clusters.lock(id)
                .filter(found -> caller.sees(found.tenantId(), found.id()))
                .orElseThrow(() -> ProblemException.notFound("cluster", id));
        if (cluster.phase() != Phase.DELETED) {
            throw ProblemException.of(
                    ProblemCode.INVALID_STATE,
                    "Cluster '" + cluster.name() + "' is " + cluster.phase() + ": only a deleted one can be restored.");
        }
        if (!purges.takeBack(id)) {
            throw ProblemException.notFound("deleted cluster", id);
        }
        refuseTakenName(cluster.tenantId(), cluster.name(), id);
        fleet(Optional.of(cluster.fleetId()));
        clusters.lockPortIndexes();
        cluster.restored(clusters.lowestFreePortIndex(), clock.instant());
        var workflow = cluster.adopted() ? ClusterSteps.RESTORE_ADOPTED : ClusterSteps.RESTORE;
        var operation = operations.start(requester, workflow, Optional.of(cluster.tenantId()), ref(cluster));
        cluster.follows(operation.id());
        return announced(clusters.saveAndFlush(cluster));
    }

    /// From when on a deleted cluster may be gone for good; empty for one that lives or that is going.
    public Optional<Instant> restorableUntil(Cluster cluster) {
        return cluster.phase() == Phase.DELETED ? purges.dueAt(cluster.id()) : Optional.empty();
    }

    /// What the cluster's metalog says now; empty as long as it has none.
    public Optional<ClusterImage> image(Cluster cluster) {
        return switch (cluster.phase()) {
            case PENDING, DELETED, FAILED -> Optional.empty();
            case PROVISIONING, READY, UPDATING, DEGRADED, SUSPENDED, DELETING -> imageIfAny(cluster.id());
        };
    }

    private Optional<ClusterImage> imageIfAny(String clusterId) {
        try {
            return Optional.of(metalog.image(clusterId));
        } catch (RuntimeException e) {
            // Not written yet, or the bucket does not answer: the status says what the rows know.
            return Optional.empty();
        }
    }

    private Cluster announced(Cluster cluster) {
        events.publishEvent(new ClusterPhaseChanged(cluster.id(), cluster.tenantId(), cluster.phase()));
        return cluster;
    }

    static ResourceRef ref(Cluster cluster) {
        return new ResourceRef("Cluster", cluster.id(), "/v1/clusters/" + cluster.id());
    }

    private Cluster visible(Caller caller, String id) {
        return visible(caller, id, clusters.findById(id));
    }

    private static Cluster visible(Caller caller, String id, Optional<Cluster> row) {
        return row.filter(cluster -> cluster.phase() != Phase.DELETED && caller.sees(cluster.tenantId(), cluster.id()))
                .orElseThrow(() -> ProblemException.notFound("cluster", id));
    }

    private void refuseTakenName(String tenantId, String name, String exceptId) {
        clusters.findByTenantIdAndNameAndPhaseNot(tenantId, name, Phase.DELETED)
                .filter(other -> !other.id().equals(exceptId))
                .ifPresent(other -> {
                    throw ProblemException.alreadyExists("cluster", name, other.id());
                });
    }

    private static void requireVersion(Cluster cluster, OptionalLong expected) {
        if (expected.isPresent() && expected.getAsLong() != cluster.version()) {
            throw ProblemException.versionConflict(cluster.version());
        }
    }
}
