// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.api.FleetAutoscaling;
import io.penstock.api.Operation;
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
import io.penstock.control.resource.SortColumn;
import io.penstock.objectstore.layout.ClusterPrefix;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/// Makes, changes and removes fleets, tells of their brokers, and has clusters served.
@Service
public class FleetService {
    private static final Map<String, SortColumn> COLUMNS = SortColumn.ofResources(SortColumn.number("desired_brokers"));
    /// What fleets can be ordered by.
    public static final Set<String> SORTABLE = COLUMNS.keySet();

    private static final int MOST_BROKERS = 1000;

    private final Fleets fleets;
    private final OrderedPages pages;
    private final BrokerRegistry registry;
    private final FleetReconciler reconciler;
    private final BrokerOperations operations;
    private final ClusterAttaching attaching;
    private final JdbcClient jdbc;
    private final IdGenerator ids;
    private final Clock clock;

    FleetService(
            Fleets fleets,
            OrderedPages pages,
            BrokerRegistry registry,
            FleetReconciler reconciler,
            BrokerOperations operations,
            ClusterAttaching attaching,
            JdbcClient jdbc,
            IdGenerator ids,
            Clock clock) {
        this.fleets = fleets;
        this.pages = pages;
        this.registry = registry;
        this.reconciler = reconciler;
        this.operations = operations;
        this.attaching = attaching;
        this.jdbc = jdbc;
        this.ids = ids;
        this.clock = clock;
    }

    @Transactional
    public Fleet create(Caller caller, Description description, int desiredBrokers) {
        return create(caller, description, desiredBrokers, List.of(), Provisioning.MANAGED, Optional.empty());
    }

    /// @param zones over which its brokers are spread; empty: nobody says
    @Transactional
    public Fleet create(
            Caller caller,
            Description description,
            int desiredBrokers,
            List<String> zones,
            Provisioning provisioning,
            Optional<FleetAutoscaling> autoscaling) {
        caller.requireInOrganization(Permission.FLEET_MANAGE);
        requireSize(desiredBrokers);
        refuseTakenName(description.name(), "");
        var facts = new NewResource(
                description.name(),
                description.labels(),
                description.deletionProtection(),
                caller.id(),
                clock.instant());
        return fleets.saveAndFlush(
                new Fleet(ids.next(IdPrefix.FLEET), facts, new FleetWish(desiredBrokers, zones, provisioning))
                        .following(autoscaling));
    }

    @Transactional(readOnly = true)
    public Fleet find(Caller caller, String id) {
        caller.require(Permission.FLEET_READ);
        return existing(id);
    }

    @Transactional(readOnly = true)
    public Page<Fleet> list(Caller caller, Page.Request request) {
        caller.require(Permission.FLEET_READ);
        if (!request.order().isUsual()) {
            return pages.page(
                    new Source("fleets", "id", COLUMNS, "true", Map.of()), request, fleets::findByIdIn, Fleet::id);
        }
        return Page.cut(fleets.page(request.after(), Limit.of(request.size() + 1)), request.size(), Fleet::id);
    }

    @Transactional(readOnly = true)
    public long count(Caller caller) {
        caller.require(Permission.FLEET_READ);
        return fleets.count();
    }

    /// The fleet that was named, or else the oldest; empty if there is none.
    @Transactional(readOnly = true)
    public Optional<Fleet> forCluster(Optional<String> wanted) {
        return wanted.map(fleets::findById).orElseGet(fleets::findFirstByOrderById);
    }

    @Transactional
    public Fleet update(
            Caller caller,
            String id,
            OptionalLong expectedVersion,
            Description description,
            int desiredBrokers,
            List<String> zones,
            Optional<FleetAutoscaling> autoscaling) {
        caller.requireInOrganization(Permission.FLEET_MANAGE);
        requireSize(desiredBrokers);
        var fleet = existing(id);
        requireVersion(fleet, expectedVersion);
        refuseTakenName(description.name(), id);
        fleet.changed(description, desiredBrokers, zones, autoscaling, clock.instant());
        return fleets.saveAndFlush(fleet);
    }

    /// A fleet whose size follows its load.
    public record Autoscaled(String id, int desired, FleetAutoscaling rule) {}

    /// All fleets with a rule that this control plane starts brokers for.
    @Transactional(readOnly = true)
    public List<Autoscaled> autoscaled() {
        return fleets.findAll().stream()
                .filter(fleet -> fleet.provisioning() == Provisioning.MANAGED)
                .flatMap(fleet -> fleet.autoscaling().stream()
                        .map(rule -> new Autoscaled(fleet.id(), fleet.desiredBrokers(), rule)))
                .toList();
    }

    /// The rule changes the size, unless somebody else did meanwhile.
    ///
    /// @return whether it was changed
    @Transactional
    public boolean scaled(String id, int from, int to) {
        return jdbc.sql("update fleets set desired_brokers = ?, version = version + 1, updated_at = ?"
                                + " where id = ? and desired_brokers = ?")
                        .params(to, java.sql.Timestamp.from(clock.instant()), id, from)
                        .update()
                > 0;
    }

    /// Only an empty fleet goes.
    @Transactional
    public void delete(Caller caller, String id, OptionalLong expectedVersion) {
        caller.requireInOrganization(Permission.FLEET_MANAGE);
        var fleet = existing(id);
        requireVersion(fleet, expectedVersion);
        if (fleet.deletionProtection()) {
            throw ProblemException.of(
                    ProblemCode.DELETION_PROTECTED,
                    "Fleet '" + fleet.name() + "' is protected: set metadata.deletion_protection to false first.");
        }
        List<ResourceRef> clusters = registry.clustersOf(id).stream()
                .limit(100)
                .map(cluster -> new ResourceRef("Cluster", cluster, "/v1/clusters/" + cluster))
                .toList();
        if (!clusters.isEmpty()) {
            throw ProblemException.notEmpty("Fleet '" + fleet.name() + "' still serves clusters.", clusters);
        }
        if (!registry.brokers(id).isEmpty()) {
            throw ProblemException.of(
                    ProblemCode.INVALID_STATE,
                    "Fleet '" + fleet.name() + "' still has brokers: set spec.desired_brokers to 0 and wait.");
        }
        jdbc.sql("delete from brokers where fleet_id = ?").param(id).update();
        fleets.delete(fleet);
    }

    // ---- brokers

    /// Brokers whose life is not over, by node id.
    public List<BrokerView> brokers(Caller caller, String fleetId) {
        find(caller, fleetId);
        Map<String, Integer> led = shardsLed();
        return registry.brokers(fleetId).stream()
                .sorted(java.util.Comparator.comparingInt(Broker::nodeId))
                .map(broker -> view(broker, led))
                .toList();
    }

    public BrokerView broker(Caller caller, String fleetId, String brokerId) {
        find(caller, fleetId);
        return registry.broker(brokerId)
                .filter(broker -> broker.fleetId().equals(fleetId))
                .map(broker -> view(broker, shardsLed()))
                .orElseThrow(() -> ProblemException.notFound("broker", brokerId));
    }

    /// The operation that follows the broker's leaving, if it was asked to leave.
    public Optional<String> drainOperation(String brokerId) {
        return operations.of(BrokerWorkflow.DRAIN, brokerId).map(Operation::id);
    }

    /// Has a broker give its shards to others and leave; the fleet starts another if it then is too small.
    public BrokerView drain(Caller caller, String fleetId, String brokerId) {
        caller.requireInOrganization(Permission.FLEET_MANAGE);
        BrokerView broker = broker(caller, fleetId, brokerId);
        reconciler.drain(brokerId, "asked for by " + caller.id());
        return broker;
    }

    private BrokerView view(Broker broker, Map<String, Integer> led) {
        return new BrokerView(
                broker.id(),
                broker.fleetId(),
                broker.nodeId(),
                broker.phase(),
                broker.reason(),
                broker.phaseSince(),
                broker.zone(),
                broker.host(),
                broker.epoch(),
                broker.software(),
                broker.process().map(p -> OptionalLong.of(p.pid())).orElse(OptionalLong.empty()),
                registry.isConnected(broker.id()),
                led.getOrDefault(broker.id(), 0),
                registry.stores().ofBroker(broker.id()));
    }

    /// What the connected brokers say of the cluster's bucket, the worst first; empty while nobody serves it.
    public List<StoreHealth.Seen> storeHealth(String clusterId) {
        return registry.stores().ofCluster(clusterId);
    }

    /// How the brokers of a cluster know each other.
    ///
    /// @param secret SCRAM-SHA-512 password of the user `__broker`, who may do everything
    /// @param withinTls whether the cluster's listeners are within TLS
    /// @param openOnLoopback whether those that are on loopback ask nobody who he is
    public record PeerAccess(String secret, boolean withinTls, boolean openOnLoopback) {}

    /// Empty if no fleet serves the cluster.
    public Optional<PeerAccess> peerAccess(String clusterId) {
        return jdbc.sql("select peer_secret, open_on_loopback from cluster_attachments where cluster_id = :cluster")
                .param("cluster", clusterId)
                .query((row, _) -> new PeerAccess(
                        row.getString(1), registry.servesWithinTls() && !row.getBoolean(2), row.getBoolean(2)))
                .optional();
    }

    private Map<String, Integer> shardsLed() {
        var led = new HashMap<String, Integer>();
        jdbc.sql("select i.broker_id, count(*) from shards s join broker_incarnations i"
                        + " on i.cluster_id = s.cluster_id and i.incarnation = s.incarnation group by i.broker_id")
                .query(row -> {
                    led.put(row.getString(1), row.getInt(2));
                });
        return led;
    }

    // ---- clusters

    /// Has a fleet serve a cluster, whose metalog exists. Repeatable.
    ///
    /// @return completes when every shard has a leader, which may take as long as the fleet has no broker
    public CompletableFuture<Void> attach(ClusterAttachment cluster) {
        return attaching.attach(cluster);
    }

    /// Has it stop. Repeatable.
    public void detach(String clusterId) {
        attaching.detach(clusterId);
    }

    /// Has a broker remove what a deleted cluster left in its bucket; [PrefixPurged] tells when nothing is
    /// left. Repeatable.
    ///
    /// @return whether there was a broker to be told
    public boolean purge(String clusterId, ClusterPrefix prefix, String bucketId, String fleetId) {
        return registry.purge(clusterId, prefix, bucketId, fleetId);
    }

    private Fleet existing(String id) {
        return fleets.findById(id).orElseThrow(() -> ProblemException.notFound("fleet", id));
    }

    private void refuseTakenName(String name, String exceptId) {
        fleets.findByName(name).filter(other -> !other.id().equals(exceptId)).ifPresent(other -> {
            throw ProblemException.alreadyExists("fleet", name, other.id());
        });
    }

    private static void requireSize(int desiredBrokers) {
        if (desiredBrokers < 0 || desiredBrokers > MOST_BROKERS) {
            throw ProblemException.field("/spec/desired_brokers", "out_of_range", "0..." + MOST_BROKERS);
        }
    }

    private static void requireVersion(Fleet fleet, OptionalLong expected) {
        if (expected.isPresent() && expected.getAsLong() != fleet.version()) {
            throw ProblemException.versionConflict(fleet.version());
        }
    }
}
