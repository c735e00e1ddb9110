// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.cluster;

import io.penstock.broker.leadership.ClusterTenure;
import io.penstock.broker.leadership.TenureListener;
import io.penstock.broker.leadership.TenureReports;
import io.penstock.broker.request.ClusterContext.Subscription;
import io.penstock.broker.request.ProgressListener;
import io.penstock.log.ClusterLog;
import io.penstock.log.LogListener;
import io.penstock.log.LogRuntime;
import io.penstock.log.PartitionRef;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.EncodedEntry;
import io.penstock.metadata.FollowerSettings;
import io.penstock.metadata.ImageChange;
import io.penstock.metadata.ImageListener;
import io.penstock.metadata.MetalogFollower;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.MetaKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A cluster as this broker serves it: the newest image of its metalog, and a chain of incarnations, one at a time.
///
/// An incarnation that is sealed or retired is replaced by a fresh one, which waits for shards; other clusters on this
/// broker notice nothing. Everything runs on one actor, so the simulation can drive it.
public final class ServedCluster implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ServedCluster.class);

    private final String clusterId;
    private final LogRuntime runtime;
    private final Executor actor;
    private final BiFunction<Incarnation, LogListener, ClusterLog> newLog;
    private final TenureReports reports;
    private final MetalogFollower follower;
    private final List<ProgressListener> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable ClusterTenure tenure;
    private final Optional<UUID> controlPlane;
    private volatile boolean closed;

    /// Takes no CLAIM for a foreign one.
    public ServedCluster(
            String clusterId,
            ClusterPrefix prefix,
            ObjectStore store,
            FollowerSettings following,
            LogRuntime runtime,
            BiFunction<Incarnation, LogListener, ClusterLog> newLog,
            TenureReports reports) {
        this(clusterId, prefix, store, following, runtime, newLog, reports, Optional.empty());
    }

    /// @param newLog makes the log of an incarnation
    /// @param controlPlane whose brokers serve here; empty: nobody says, and no CLAIM is taken for a
    ///     foreign one
    public ServedCluster(
            String clusterId,
            ClusterPrefix prefix,
            ObjectStore store,
            FollowerSettings following,
            LogRuntime runtime,
            BiFunction<Incarnation, LogListener, ClusterLog> newLog,
            TenureReports reports,
            Optional<UUID> controlPlane) {
        this.clusterId = clusterId;
        this.controlPlane = controlPlane;
        this.runtime = runtime;
        this.actor = runtime.newActor("cluster-" + clusterId);
        this.newLog = newLog;
        this.reports = reports;
        this.follower = new MetalogFollower(
                store,
                new MetaKeys(prefix),
                following,
                (delay, executor, task) -> runtime.schedule(delay, executor, task),
                actor,
                new FromMetalog());
    }

    /// Reads the metalog, then draws the first incarnation and reports it.
    public void start() {
        follower.start()
                .whenCompleteAsync(
                        (image, failure) -> {
                            if (failure == null && !isClaimed(image)) {
                                beginTenure();
                            }
                        },
                        actor);
    }

    public String clusterId() {
        return clusterId;
    }

    /// The newest applied image.
    public ClusterImage image() {
        return follower.image();
    }

    /// The log of the present incarnation; empty before the first one and between two.
    public Optional<ClusterLog> log() {
        ClusterTenure present = tenure;
        return present == null ? Optional.empty() : Optional.of(present.log());
    }

    /// The incarnation that this broker has now.
    public Optional<Incarnation> incarnation() {
        ClusterTenure present = tenure;
        return present == null ? Optional.empty() : Optional.of(present.incarnation());
    }

    /// Tells the listener of everything from now on, whatever incarnation it comes from.
    public Subscription listen(ProgressListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /// The control plane pushed an entry that is stored.
    public void entryPushed(EncodedEntry entry) {
        follower.entryPushed(entry);
    }

    /// All entries up to this one are stored.
    public void entriesStoredUpTo(int number) {
        follower.entriesStoredUpTo(number);
    }

    /// The stream to the control plane broke: the bucket is asked instead (R12).
    public void streamBroken() {
        follower.streamBroken();
    }

    /// The stream stands again: whoever waits for shards says so again, and names that may be free are told
    /// again.
    public void streamRestored() {
        follower.streamRestored();
        actor.execute(() -> {
            ClusterTenure present = tenure;
            if (present != null) {
                reports.incarnationReady(present.incarnation());
                present.topicsDeleted(closing(image()), dropping(image()));
            }
        });
    }

    /// Another broker's HANDOFF is durable, says the control plane.
    public void handOffReported(ShardId shard, LeaderEpoch predecessor, WalSlot where) {
        actor.execute(() -> {
            ClusterTenure present = tenure;
            if (present != null) {
                present.handOffReported(shard, predecessor, where);
            }
        });
    }

    /// Stops at once, as a crash would.
    @Override
    public void close() {
        closed = true;
        actor.execute(this::letGo);
    }

    private void letGo() {
        follower.close();
        ClusterTenure present = tenure;
        tenure = null;
        if (present != null) {
            present.close();
        }
    }

    /// Whether another control plane owns the cluster. If so, this broker is done with it for good:
    /// whatever it might still write is sealed by the heirs, or void.
    private boolean isClaimed(ClusterImage newest) {
        Optional<UUID> foreign = newest.owner()
                .filter(owner ->
                        controlPlane.filter(ours -> !ours.equals(owner)).isPresent());
        foreign.filter(owner -> !closed).ifPresent(owner -> {
            log.warn("cluster={} entry={} belongs to control plane {} now", clusterId, newest.number(), owner);
            closed = true;
            letGo();
            reports.claimed(owner, newest.number());
        });
        return foreign.isPresent();
    }

    private void beginTenure() {
        if (closed) {
            return;
        }
        Incarnation incarnation = Incarnation.random(runtime.random());
        ClusterTenure fresh = new ClusterTenure(
                clusterId,
                incarnation,
                listener -> newLog.apply(incarnation, listener),
                actor,
                reports,
                new FromTenure());
        tenure = fresh;
        log.info("cluster={} incarnation={} ready for shards, entry={}", clusterId, incarnation, image().number());
        fresh.topicsDeleted(closing(image()), dropping(image()));
        fresh.assigned(image().shards());
        reports.incarnationReady(incarnation);
    }

    /// Topics that can be restored, whose names are still taken, and where their parts are.
    private static SortedMap<Uuid, SortedSet<ShardId>> closing(ClusterImage image) {
        return parts(
                image,
                image.restorable().entrySet().stream()
                        .filter(topic -> topic.getValue().nameTaken())
                        .map(Map.Entry::getKey));
    }

    /// Topics that are deleted for good, and where their parts are.
    private static SortedMap<Uuid, SortedSet<ShardId>> dropping(ClusterImage image) {
        return parts(image, image.dropping().keySet().stream());
    }

    private static SortedMap<Uuid, SortedSet<ShardId>> parts(ClusterImage image, Stream<Uuid> topics) {
        SortedMap<Uuid, SortedSet<ShardId>> shards = new TreeMap<>();
        topics.forEach(topicId -> shards.put(topicId, new TreeSet<>(image.shardsOf(topicId))));
        return shards;
    }

    private final class FromMetalog implements ImageListener {
        @Override
        public void imageChanged(ImageChange change) {
            ClusterTenure present = tenure;
            if (present != null && isClaimed(change.after())) {
                return;
            }
            if (present != null) {
                if (!change.topicsDeleted().isEmpty() || !change.topicsDropped().isEmpty()) {
                    present.topicsDeleted(closing(change.after()), dropping(change.after()));
                }
                if (!change.shardsAssigned().isEmpty() || !change.retired().isEmpty()) {
                    present.assigned(change.after().shards());
                }
            }
            listeners.forEach(listener -> listener.imageChanged(change));
        }

        @Override
        public void followingStopped(String reason) {
            log.error("cluster={} metalog is not followed any more: {}", clusterId, reason);
        }
    }

    private final class FromTenure implements TenureListener {
        @Override
        public void shardOpened(ShardId shard, LeaderEpoch epoch) {
            listeners.forEach(listener -> listener.shardOpened(shard, epoch));
        }

        @Override
        public void shardClosed(ShardId shard, LeaderEpoch epoch) {
            listeners.forEach(listener -> listener.shardClosed(shard, epoch));
        }

        @Override
        public void highWatermarkAdvanced(PartitionRef partition, long highWatermark) {
            listeners.forEach(listener -> listener.highWatermarkAdvanced(partition, highWatermark));
        }

        @Override
        public void tenureOver() {
            tenure = null;
            listeners.forEach(ProgressListener::incarnationFenced);
            beginTenure();
            // Whoever sealed us may be another control plane's broker, of which nobody here would tell us.
            follower.catchUp();
        }
    }
}
