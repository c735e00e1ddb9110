// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.grpc.Status;
import io.penstock.brokerapi.v1.BrokerMessage;
import io.penstock.brokerapi.v1.ClusterAttached;
import io.penstock.brokerapi.v1.ClusterDetached;
import io.penstock.brokerapi.v1.ClusterReport;
import io.penstock.brokerapi.v1.ControlMessage;
import io.penstock.brokerapi.v1.DrainComplete;
import io.penstock.brokerapi.v1.HandOffDone;
import io.penstock.brokerapi.v1.Heartbeat;
import io.penstock.brokerapi.v1.Hello;
import io.penstock.brokerapi.v1.IncarnationReady;
import io.penstock.brokerapi.v1.Listener;
import io.penstock.brokerapi.v1.PurgePrefix;
import io.penstock.brokerapi.v1.RegisterRequest;
import io.penstock.brokerapi.v1.RegisterResponse;
import io.penstock.brokerapi.v1.Retire;
import io.penstock.control.fleet.Attachments.Reported;
import io.penstock.control.fleet.Member.Standing;
import io.penstock.metadata.EncodedEntry;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;

/// Knows every broker whose life is not over: its phase, its stream, and its incarnation in every cluster.
///
/// Phases are durable in PostgreSQL; streams live here only. A restarted control plane loads what it knew and
/// awaits its brokers: nobody is given up because *we* were away. Safe for concurrent use; no I/O under its
/// lock.
public final class BrokerRegistry {
    private static final Logger log = LoggerFactory.getLogger(BrokerRegistry.class);

    private final Brokers rows;
    private final Attachments attachmentRows;
    private final Function<String, BucketAccess> buckets;
    private final ToIntFunction<String> storedEntries;
    private final Supplier<UUID> controlPlane;
    private final ApplicationEventPublisher events;
    private final FleetSettings settings;
    private final TlsNames tls;
    private final Clock clock;
    private final AppliedEntries applied = new AppliedEntries();
    private final StoreHealth stores = new StoreHealth();

    private final Object lock = new Object();
    private final Map<String, Broker> brokers = new TreeMap<>();
    private final Map<String, String> bySessionHash = new HashMap<>();
    private final Map<String, BrokerSession> sessions = new HashMap<>();
    private final Map<String, ClusterAttachment> attachments = new TreeMap<>();
    private final Map<String, Map<Incarnation, Reported>> reported = new HashMap<>();
    private final Map<String, Map<String, Incarnation>> current = new HashMap<>(); // cluster → broker → its newest
    private final Set<Incarnation> givenUp = new HashSet<>();
    private final Set<String> retiring = new HashSet<>();
    private final Map<String, Instant> woken = new HashMap<>();
    private final Map<String, Broker> unsaved = new HashMap<>();
    private final ConcurrentMap<String, Object> writing = new ConcurrentHashMap<>();
    private Instant loadedAt = Instant.EPOCH;
    private boolean closing;

    /// @param buckets bucket id → how brokers reach it
    /// @param storedEntries cluster id → the newest entry that is known to be stored
    /// @param controlPlane who writes the entries of this control plane
    BrokerRegistry(
            Brokers rows,
            Attachments attachmentRows,
            Function<String, BucketAccess> buckets,
            ToIntFunction<String> storedEntries,
            Supplier<UUID> controlPlane,
            ApplicationEventPublisher events,
            FleetSettings settings,
            TlsNames tls,
            Clock clock) {
        this.rows = rows;
        this.attachmentRows = attachmentRows;
        this.buckets = buckets;
        this.storedEntries = storedEntries;
        this.controlPlane = controlPlane;
        this.events = events;
        this.settings = settings;
        this.tls = tls;
        this.clock = clock;
    }

    /// Once, before anything else: what a former process knew.
    void load() {
        List<Broker> living = rows.living();
        List<ClusterAttachment> clusters = attachmentRows.all();
        List<Reported> incarnations = attachmentRows.reported();
        synchronized (lock) {
            loadedAt = clock.instant();
            living.forEach(this::remember);
            clusters.forEach(cluster -> attachments.put(cluster.clusterId(), cluster));
            for (Reported incarnation : incarnations) {
                note(incarnation);
                Broker broker = brokers.get(incarnation.brokerId());
                if (broker == null || broker.phase().isGivenUp()) {
                    givenUp.add(incarnation.incarnation());
                }
            }
        }
    }

    private void remember(Broker broker) {
        brokers.put(broker.id(), broker);
        broker.sessionTokenHash().ifPresent(hash -> bySessionHash.put(hash, broker.id()));
    }

    private void note(Reported incarnation) {
        reported.computeIfAbsent(incarnation.clusterId(), c -> new HashMap<>())
                .put(incarnation.incarnation(), incarnation);
        current.computeIfAbsent(incarnation.clusterId(), c -> new HashMap<>())
                .put(incarnation.brokerId(), incarnation.incarnation());
    }

    // ---- what others ask

    public Optional<Broker> broker(String brokerId) {
        synchronized (lock) {
            return Optional.ofNullable(brokers.get(brokerId));
        }
    }

    /// Brokers of a fleet whose life is not over.
    public List<Broker> brokers(String fleetId) {
        synchronized (lock) {
            return brokers.values().stream()
                    .filter(broker -> broker.fleetId().equals(fleetId))
                    .toList();
        }
    }

    int inPhase(BrokerPhase phase) {
        synchronized (lock) {
            return Math.toIntExact(brokers.values().stream()
                    .filter(broker -> broker.phase() == phase)
                    .count());
        }
    }

    public List<ClusterAttachment> clusters() {
        synchronized (lock) {
            return List.copyOf(attachments.values());
        }
    }

    public List<String> clustersOf(String fleetId) {
        synchronized (lock) {
            return attachments.values().stream()
                    .filter(cluster -> cluster.fleetId().equals(fleetId))
                    .map(ClusterAttachment::clusterId)
                    .toList();
        }
    }

    /// How many brokers will serve the cluster before long.
    public int expectedIn(String clusterId) {
        synchronized (lock) {
            ClusterAttachment cluster = attachments.get(clusterId);
            return cluster == null
                    ? 0
                    : Math.toIntExact(brokers.values().stream()
                            .filter(broker -> broker.fleetId().equals(cluster.fleetId())
                                    && broker.phase().countsTowardsSize())
                            .count());
        }
    }

    public boolean isConnected(String brokerId) {
        synchronized (lock) {
            return sessions.containsKey(brokerId);
        }
    }

    /// Cluster id → the newest metalog entry that a connected broker says it has applied.
    Map<String, Integer> applied() {
        return applied.newest();
    }

    /// How well buckets answer the connected brokers.
    StoreHealth stores() {
        return stores;
    }

    /// Everybody in the cluster, and how they stand.
    public Roster roster(String clusterId) {
        Instant now = clock.instant();
        synchronized (lock) {
            var members = new HashMap<Incarnation, Member>();
            for (Reported incarnation : incarnationsOf(clusterId).values()) {
                Broker broker = brokers.get(incarnation.brokerId());
                members.put(
                        incarnation.incarnation(),
                        new Member(
                                incarnation.brokerId(),
                                broker == null ? 0 : broker.nodeId(),
                                incarnation.incarnation(),
                                incarnation.host(),
                                incarnation.port(),
                                broker == null ? "" : broker.zone(),
                                broker == null ? 0 : broker.epoch(),
                                standing(broker, incarnation)));
            }
            boolean early = now.isBefore(loadedAt.plus(settings.rejoinGrace()));
            return new Roster(members, early ? Standing.AWAITED : Standing.GIVEN_UP);
        }
    }

    private Standing standing(@Nullable Broker broker, Reported incarnation) {
        boolean newest = incarnation
                .incarnation()
                .equals(current.getOrDefault(incarnation.clusterId(), Map.of()).get(incarnation.brokerId()));
        if (broker == null || !newest || givenUp.contains(incarnation.incarnation())) {
            return Standing.GIVEN_UP;
        }
        return switch (broker.phase()) {
            case STARTING, SERVING -> sessions.containsKey(broker.id()) ? Standing.SERVING : Standing.AWAITED;
            case DRAINING -> Standing.LEAVING;
            case SUSPECTED, LOST, RETIRED -> Standing.GIVEN_UP;
        };
    }

    private Map<Incarnation, Reported> incarnationsOf(String clusterId) {
        return reported.getOrDefault(clusterId, Map.of());
    }

    // ---- what others decide

    /// From now on none of the broker's incarnations so far will be given shards. In memory only, at once: a
    /// failover must not wait for a row.
    public void condemn(String brokerId) {
        synchronized (lock) {
            for (Map<Incarnation, Reported> incarnations : reported.values()) {
                for (Reported incarnation : incarnations.values()) {
                    if (incarnation.brokerId().equals(brokerId)) {
                        givenUp.add(incarnation.incarnation());
                    }
                }
            }
        }
    }

    /// A broker was given up. Its stream is broken, whoever gave it up: if it lives, it dials again and is
    /// seen
    /// to be a zombie, instead of living on where nobody looks.
    ///
    /// @param gone whether its process has certainly ended
    public void giveUp(String brokerId, boolean gone, String reason) {
        condemn(brokerId);
        move(brokerId, broker -> {
            BrokerPhase next = gone ? broker.phaseAfterExit(retiring.contains(brokerId)) : BrokerPhase.SUSPECTED;
            return broker.to(next, reason, clock.instant());
        });
        applied.gone(brokerId);
        stores.gone(brokerId);
        Optional.ofNullable(removeSession(brokerId)).ifPresent(BrokerSession::end);
    }

    private @Nullable BrokerSession removeSession(String brokerId) {
        synchronized (lock) {
            return sessions.remove(brokerId);
        }
    }

    /// The broker has nothing left to hand off.
    public void drained(String brokerId) {
        log.info("event=broker_drained broker={}", brokerId);
        tell(brokerId, ControlMessage.newBuilder().setDrainComplete(DrainComplete.getDefaultInstance()));
    }

    /// The fleet has enough without this broker.
    void retire(String brokerId, String reason) {
        synchronized (lock) {
            retiring.add(brokerId);
        }
        log.info("event=broker_told_to_retire broker={} reason={}", brokerId, reason);
        tell(brokerId, ControlMessage.newBuilder().setRetire(Retire.newBuilder().setReason(reason)));
    }

    private void tell(String brokerId, ControlMessage.Builder message) {
        session(brokerId).ifPresent(session -> session.send(message.build()));
    }

    private Optional<BrokerSession> session(String brokerId) {
        synchronized (lock) {
            return Optional.ofNullable(sessions.get(brokerId));
        }
    }

    // ---- changing a broker

    /// Takes a step in a broker's life: first here, then in the database, then listeners hear of it.
    private Optional<Broker> move(String brokerId, UnaryOperator<Broker> step) {
        Broker before;
        Broker after;
        synchronized (lock) {
            before = brokers.get(brokerId);
            if (before == null) {
                return Optional.empty();
            }
            after = step.apply(before);
            if (after.equals(before)) {
                return Optional.of(after);
            }
            if (after.phase().isFinal()) {
                brokers.remove(brokerId);
                before.sessionTokenHash().ifPresent(bySessionHash::remove);
                retiring.remove(brokerId);
                woken.remove(brokerId);
            } else {
                remember(after);
            }
        }
        save(after);
        if (before.phase() != after.phase()) {
            log.info(
                    "event=broker_phase broker={} node={} from={} to={} reason={}",
                    brokerId,
                    after.nodeId(),
                    before.phase(),
                    after.phase(),
                    after.reason());
            events.publishEvent(new FleetEvent.PhaseChanged(after.fleetId(), brokerId, before.phase(), after.phase()));
        }
        return Optional.of(after);
    }

    /// Writes the newest state that there is: steps are taken one after the other, but their writes may
    /// overtake each
    /// other on the way here.
    private void save(Broker broker) {
        synchronized (writing.computeIfAbsent(broker.id(), id -> new Object())) {
            Broker newest =
                    broker.phase().isFinal() ? broker : broker(broker.id()).orElse(null);
            if (newest == null) {
                return; // its last step has been written, or is about to be
            }
            try {
                rows.update(newest);
                synchronized (lock) {
                    unsaved.remove(broker.id());
                }
            } catch (RuntimeException e) {
                // Nothing that matters for safety hangs on this row; it is written again before long.
                log.warn("event=broker_not_saved broker={} cause={}", broker.id(), e.toString());
                synchronized (lock) {
                    unsaved.put(broker.id(), newest);
                }
            }
        }
    }

    /// Writes again what the database did not take.
    void saveAgain() {
        List<Broker> again;
        synchronized (lock) {
            again = List.copyOf(unsaved.values());
            unsaved.clear();
        }
        again.forEach(this::save);
    }

    /// A new broker is wished for.
    void wished(Broker broker) {
        rows.insert(broker);
        synchronized (lock) {
            remember(broker);
        }
    }

    void started(String brokerId, ProcessRef process) {
        move(brokerId, broker -> broker.started(process));
    }

    /// Its provisioner saw the process end.
    void processEnded(String brokerId) {
        broker(brokerId)
                .ifPresent(broker -> events.publishEvent(new FleetEvent.ProcessEnded(broker.fleetId(), brokerId)));
    }

    /// Suspected brokers that spoke again and are still undecided, and since when.
    Map<String, Instant> woken() {
        synchronized (lock) {
            return Map.copyOf(woken);
        }
    }

    /// Those of them that have reported an incarnation that nobody gave up.
    Set<String> reincarnated() {
        synchronized (lock) {
            var found = new HashSet<String>();
            current.values()
                    .forEach(byBroker -> byBroker.forEach((brokerId, incarnation) -> {
                        if (woken.containsKey(brokerId) && !givenUp.contains(incarnation)) {
                            found.add(brokerId);
                        }
                    }));
            return found;
        }
    }

    /// Since when this process keeps the registry.
    Instant loadedAt() {
        synchronized (lock) {
            return loadedAt;
        }
    }

    /// Brokers that were told to retire.
    Set<String> retiring() {
        synchronized (lock) {
            return Set.copyOf(retiring);
        }
    }

    /// The broker is to leave, whether or not it knows already.
    void leave(String brokerId, String reason) {
        move(
                        brokerId,
                        known -> known.phase().next().contains(BrokerPhase.DRAINING)
                                ? known.to(BrokerPhase.DRAINING, reason, clock.instant())
                                : known)
                .ifPresent(broker -> events.publishEvent(new FleetEvent.DrainRequested(broker.fleetId(), brokerId)));
    }

    /// All brokers are leaving: there is nobody to hand shards to.
    void closing() {
        synchronized (lock) {
            closing = true;
        }
    }

    public boolean isClosing() {
        synchronized (lock) {
            return closing;
        }
    }

    /// A suspected broker serves again. An incarnation that no metalog has retired by now is as good as a
    /// new one:
    /// nobody tells the broker to draw another.
    void welcomeBack(String brokerId) {
        synchronized (lock) {
            woken.remove(brokerId);
            current.values().forEach(byBroker -> {
                Incarnation newest = byBroker.get(brokerId);
                if (newest != null) {
                    givenUp.remove(newest);
                }
            });
        }
        move(brokerId, broker -> broker.to(BrokerPhase.SERVING, "woke up and is needed", clock.instant()))
                .ifPresent(this::isBack);
    }

    private void isBack(Broker broker) {
        events.publishEvent(new FleetEvent.BrokerConnected(broker.fleetId(), broker.id()));
        clustersOf(broker.fleetId()).forEach(c -> events.publishEvent(new FleetEvent.RosterChanged(c)));
    }

    // ---- clusters

    void attach(ClusterAttachment cluster) {
        attachmentRows.save(cluster);
        synchronized (lock) {
            attachments.put(cluster.clusterId(), cluster);
        }
        tellAttached(cluster);
    }

    /// Tells everybody who serves a cluster of the bucket.
    void bucketKeysChanged(String bucketId) {
        List<ClusterAttachment> concerned = clusters().stream()
                .filter(cluster -> cluster.bucketId().equals(bucketId))
                .toList();
        concerned.forEach(this::tellAttached);
        log.info("event=bucket_keys_changed bucket={} clusters={}", bucketId, concerned.size());
    }

    private void tellAttached(ClusterAttachment cluster) {
        List<BrokerSession> told;
        synchronized (lock) {
            told = sessionsOf(cluster.fleetId());
        }
        for (BrokerSession session : told) {
            broker(session.brokerId()).ifPresent(broker -> session.send(attached(cluster, broker)));
        }
    }

    void detach(String clusterId) {
        Collection<BrokerSession> told;
        synchronized (lock) {
            ClusterAttachment cluster = attachments.remove(clusterId);
            told = cluster == null ? List.of() : sessionsOf(cluster.fleetId());
            reported.remove(clusterId);
            current.remove(clusterId);
        }
        attachmentRows.remove(clusterId);
        var message = ControlMessage.newBuilder()
                .setClusterDetached(ClusterDetached.newBuilder().setClusterId(clusterId))
                .build();
        told.forEach(session -> session.send(message));
    }

    /// Tells a broker, of the fleet that served the cluster if it can be, to remove what the cluster left.
    ///
    /// @return whether there was a broker to be told
    boolean purge(String clusterId, ClusterPrefix prefix, String bucketId, String fleetId) {
        Optional<BrokerSession> told;
        synchronized (lock) {
            told = sessions.values().stream()
                    .filter(session -> Optional.ofNullable(brokers.get(session.brokerId()))
                            .filter(broker -> broker.phase() == BrokerPhase.SERVING)
                            .isPresent())
                    .min(Comparator.comparing((BrokerSession session) ->
                                    !sessionsOf(fleetId).contains(session))
                            .thenComparing(BrokerSession::brokerId));
        }
        if (told.isEmpty()) {
            return false;
        }
        BucketAccess bucket = buckets.apply(bucketId);
        told.get()
                .send(ControlMessage.newBuilder()
                        .setPurgePrefix(PurgePrefix.newBuilder()
                                .setClusterId(clusterId)
                                .setBucketId(bucketId)
                                .setBucketUri(bucket.uri())
                                .setPrefix(prefix.value())
                                .setAccessKeyId(bucket.accessKeyId())
                                .setSecretAccessKey(bucket.secretAccessKey())
                                .setSessionToken(bucket.sessionToken()))
                        .build());
        log.info("event=broker_told_to_purge broker={} cluster={}", told.get().brokerId(), clusterId);
        return true;
    }

    private List<BrokerSession> sessionsOf(String fleetId) {
        return sessions.values().stream()
                .filter(session -> Optional.ofNullable(brokers.get(session.brokerId()))
                        .filter(broker -> broker.fleetId().equals(fleetId))
                        .isPresent())
                .toList();
    }

    private ControlMessage attached(ClusterAttachment cluster, Broker broker) {
        BucketAccess bucket = buckets.apply(cluster.bucketId());
        return ControlMessage.newBuilder()
                .setClusterAttached(ClusterAttached.newBuilder()
                        .setClusterId(cluster.clusterId())
                        .setTenantId(cluster.tenantId())
                        .setName(cluster.name())
                        .setBucketId(cluster.bucketId())
                        .setBucketUri(bucket.uri())
                        .setAccessKeyId(bucket.accessKeyId())
                        .setSecretAccessKey(bucket.secretAccessKey())
                        .setSessionToken(bucket.sessionToken())
                        .setPrefix(cluster.prefix().value())
                        .setControlPlaneId(controlPlane.get().toString())
                        .setLatencyProfile(cluster.latencyProfile())
                        .setStoredEntry(storedEntries.applyAsInt(cluster.clusterId()))
                        .setPeerSecret(attachmentRows.peerSecret(cluster.clusterId()))
                        .setListener(listener(cluster, broker)))
                .build();
    }

    /// Whether clusters that ask clients who they are do so within TLS.
    boolean servesWithinTls() {
        return tls.areGiven();
    }

    /// An open cluster stays on a port of its own: it is for this machine.
    private Listener listener(ClusterAttachment cluster, Broker broker) {
        int ownPort = cluster.basePort() + broker.nodeId();
        Listener.Builder listener = Listener.newBuilder().setBindHost(broker.host());
        if (tls.areGiven() && !cluster.openOnLoopback()) {
            int port = tls.port(broker.nodeId());
            return listener.setTls(true)
                    .setPort(port)
                    .setAdvertisedHost(tls.host(cluster.clusterId(), broker.nodeId()))
                    .setAdvertisedPort(port)
                    .build();
        }
        return listener.setPort(ownPort)
                .setAdvertisedHost(broker.host())
                .setAdvertisedPort(ownPort)
                .setAnonymous(cluster.openOnLoopback())
                .build();
    }

    // ---- entries

    /// Tells an entry to every broker of the cluster's fleet.
    ///
    /// @return completes when all that serve the cluster have applied it, or have gone
    CompletableFuture<Void> stored(String clusterId, EncodedEntry entry) {
        List<BrokerSession> told;
        Set<String> awaited = new HashSet<>();
        synchronized (lock) {
            ClusterAttachment cluster = attachments.get(clusterId);
            if (cluster == null) {
                return CompletableFuture.completedFuture(null);
            }
            told = sessionsOf(cluster.fleetId());
            for (BrokerSession session : told) {
                Broker broker = brokers.get(session.brokerId());
                if (broker != null
                        && !broker.phase().isGivenUp()
                        && current.getOrDefault(clusterId, Map.of()).containsKey(session.brokerId())) {
                    awaited.add(session.brokerId());
                }
            }
        }
        told.forEach(session -> session.push(clusterId, entry));
        return applied.await(clusterId, entry.number(), awaited);
    }

    // ---- what brokers say

    RegisterResponse register(RegisterRequest request) {
        String joinHash = Secrets.hash(request.getJoinToken());
        Broker broker;
        synchronized (lock) {
            broker = brokers.values().stream()
                    .filter(known -> known.fleetId().equals(request.getFleetId())
                            && known.joinTokenHash().equals(joinHash))
                    .findFirst()
                    .orElseThrow(() -> new RefusedException(
                            Status.Code.PERMISSION_DENIED,
                            "unknown join token: this fleet does not wait for such a broker (any more); exit"));
        }
        broker.processToken()
                .filter(token -> !token.equals(request.getProcessToken()))
                .ifPresent(other -> {
                    throw new RefusedException(
                            Status.Code.ALREADY_EXISTS,
                            "another process has used this join token; every process needs its own");
                });
        String session = Secrets.sessionToken(request.getJoinToken(), broker.id(), request.getProcessToken());
        move(
                broker.id(),
                known -> known.registered(
                        request.getProcessToken(), Secrets.hash(session), request.getVersion(), request.getZone()));
        log.info(
                "event=broker_registered broker={} node={} pid={} version={} zone={}",
                broker.id(),
                broker.nodeId(),
                request.getPid(),
                request.getVersion(),
                request.getZone());
        return RegisterResponse.newBuilder()
                .setBrokerId(broker.id())
                .setNodeId(broker.nodeId())
                .setBrokerEpoch(broker.epoch())
                .setSessionToken(session)
                .setAdvertisedHost(broker.host())
                .setHeartbeatIntervalMs(
                        Math.toIntExact(settings.heartbeatInterval().toMillis()))
                .build();
    }

    /// Whose session token this is.
    Broker authenticate(String sessionToken) {
        synchronized (lock) {
            String id = bySessionHash.get(Secrets.hash(sessionToken));
            Broker broker = id == null ? null : brokers.get(id);
            if (broker == null) {
                throw new RefusedException(
                        Status.Code.UNAUTHENTICATED,
                        "unknown session token: register again, or exit if that is refused");
            }
            return broker;
        }
    }

    /// The first message of a stream came.
    void connected(BrokerSession session, Hello hello) {
        String brokerId = session.brokerId();
        Broker broker = broker(brokerId)
                .filter(known -> known.id().equals(hello.getBrokerId()) && known.epoch() == hello.getBrokerEpoch())
                .orElseThrow(() -> new RefusedException(
                        Status.Code.PERMISSION_DENIED,
                        "the session belongs to another broker or epoch: register again"));
        BrokerSession former;
        List<ClusterAttachment> clusters;
        synchronized (lock) {
            former = sessions.put(brokerId, session);
            clusters = attachments.values().stream()
                    .filter(cluster -> cluster.fleetId().equals(broker.fleetId()))
                    .toList();
            if (broker.phase() == BrokerPhase.SUSPECTED) {
                woken.putIfAbsent(brokerId, clock.instant());
            }
        }
        if (former != null) {
            former.end();
        }
        clusters.forEach(cluster -> session.send(attached(cluster, broker)));
        if (retiring().contains(brokerId)) {
            retire(brokerId, "it was told so before");
        }
        if (broker.phase() == BrokerPhase.STARTING) {
            move(
                    brokerId,
                    known -> known.phase() == BrokerPhase.STARTING
                            ? known.to(BrokerPhase.SERVING, "", clock.instant())
                            : known);
        }
        log.info("event=broker_connected broker={} node={} phase={}", brokerId, broker.nodeId(), broker.phase());
        if (!broker.phase().isGivenUp()) {
            isBack(broker);
        }
        if (broker.phase() == BrokerPhase.DRAINING) {
            // Perhaps it was asked by a control plane that is no more.
            events.publishEvent(new FleetEvent.DrainRequested(broker.fleetId(), brokerId));
        }
    }

    /// A stream ended, for whatever reason.
    void disconnected(BrokerSession session) {
        String brokerId = session.brokerId();
        synchronized (lock) {
            if (!sessions.remove(brokerId, session)) {
                return; // a newer one stands, or it was given up
            }
        }
        applied.gone(brokerId);
        stores.gone(brokerId);
        broker(brokerId).ifPresent(broker -> {
            log.info("event=broker_disconnected broker={} node={} phase={}", brokerId, broker.nodeId(), broker.phase());
            events.publishEvent(new FleetEvent.BrokerDisconnected(broker.fleetId(), brokerId));
        });
    }

    /// Any message but the first. Those that are facts about clusters are handed to `facts`.
    void heard(BrokerSession session, BrokerMessage message, BrokerFacts facts) {
        String brokerId = session.brokerId();
        Broker broker;
        synchronized (lock) {
            broker = brokers.get(brokerId);
            if (broker == null || !session.equals(sessions.get(brokerId))) {
                return; // what comes on a stream that we ended counts no more
            }
        }
        if (broker.phase() == BrokerPhase.SUSPECTED) {
            synchronized (lock) {
                woken.putIfAbsent(brokerId, clock.instant());
            }
        }
        switch (message.getBodyCase()) {
            case HEARTBEAT -> heartbeat(broker, message.getHeartbeat());
            case INCARNATION_READY -> incarnationReady(broker, message.getIncarnationReady());
            case HAND_OFF_DONE -> handOffDone(broker, message.getHandOffDone());
            case DRAIN_REQUEST -> leave(brokerId, "asked to leave");
            case ENTRY_APPLIED ->
                applied.applied(
                        brokerId,
                        message.getEntryApplied().getClusterId(),
                        message.getEntryApplied().getNumber());
            case CHECKPOINT_REACHED -> facts.checkpoint(message.getCheckpointReached());
            case PREFIX_PURGED ->
                events.publishEvent(new PrefixPurged(
                        message.getPrefixPurged().getClusterId(),
                        message.getPrefixPurged().getObjects()));
            case TOPIC_DROPPED -> facts.topicDropped(brokerId, message.getTopicDropped());
            case CLUSTER_CLAIMED -> facts.claimed(brokerId, message.getClusterClaimed());
            case HELLO, BODY_NOT_SET -> {} // once is enough; a newer broker may say what we do not know
        }
    }

    private void heartbeat(Broker broker, Heartbeat heartbeat) {
        stores.heard(broker.id(), heartbeat.getStoresList(), clock.instant());
        for (ClusterReport report : heartbeat.getClustersList()) {
            applied.applied(broker.id(), report.getClusterId(), report.getAppliedEntry());
        }
        if (!broker.phase().isGivenUp()) {
            events.publishEvent(new FleetEvent.BrokerHeard(broker.fleetId(), broker.id(), heartbeat.getClustersList()));
        }
    }

    private void incarnationReady(Broker broker, IncarnationReady ready) {
        var incarnation = new Reported(
                ready.getClusterId(),
                Incarnation.parse(ready.getIncarnation()),
                broker.id(),
                ready.getHost(),
                ready.getPort());
        synchronized (lock) {
            if (!attachments.containsKey(incarnation.clusterId())) {
                return; // detached meanwhile
            }
            note(incarnation);
        }
        attachmentRows.reported(incarnation, clock.instant());
        log.info(
                "event=incarnation_ready broker={} node={} cluster={} incarnation={} port={}",
                broker.id(),
                broker.nodeId(),
                incarnation.clusterId(),
                incarnation.incarnation(),
                incarnation.port());
        events.publishEvent(new FleetEvent.RosterChanged(incarnation.clusterId()));
    }

    private void handOffDone(Broker broker, HandOffDone done) {
        // Everybody of the fleet may be the heir; it is a hint of a few bytes, and the heir verifies it in the bucket.
        List<BrokerSession> told;
        synchronized (lock) {
            told = sessionsOf(broker.fleetId()).stream()
                    .filter(session -> !session.brokerId().equals(broker.id()))
                    .toList();
        }
        var message = ControlMessage.newBuilder().setHandOffDone(done).build();
        told.forEach(session -> session.send(message));
        events.publishEvent(
                new FleetEvent.ShardHandedOff(broker.id(), done.getClusterId(), done.getShard(), done.getEpoch()));
    }
}
