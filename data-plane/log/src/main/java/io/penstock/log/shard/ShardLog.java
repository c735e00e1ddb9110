// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.log.Durability;
import io.penstock.log.OpenOutcome;
import io.penstock.log.ShardOpening;
import io.penstock.log.format.ControlEntry;
import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.ShardManifest.Tail;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.log.manifest.ManifestWriter;
import io.penstock.log.wal.WalTicket;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// One tenure of a shard's leadership: from the assignment at one epoch until a seal, a hand-off or a foreign
/// manifest
/// ends it. The same shard led again at a later epoch is another object.
final class ShardLog {
    private final ShardId shard;
    private final LeaderEpoch epoch;
    private final ShardOpening opening;
    private final CompletableFuture<OpenOutcome> opened = new CompletableFuture<>();
    private final Map<TopicPartitionId, PartitionLog> partitions = new HashMap<>();
    private final SortedMap<Uuid, Drop> dropped = new TreeMap<>();
    private final FirstSequences firstSequences = new FirstSequences();
    private final List<Runnable> afterOpening = new ArrayList<>();
    private ShardState state = new ShardState.Opening();
    private @Nullable ManifestWriter manifest;
    private @Nullable WalTicket lastTicket;
    private long appendedBytes;
    private boolean epochStartAppended;
    private CompletableFuture<?> lastJob = CompletableFuture.completedFuture(null);
    private long objects;
    private boolean cleaning;

    /// @param entry the DROP, if this tenure wrote it
    /// @param forgotten whether the topic has left the manifest
    private record Drop(@Nullable WalTicket entry, boolean forgotten) {
        static final Drop FORGOTTEN = new Drop(null, true);
    }

    ShardLog(ShardOpening opening) {
        this.shard = opening.shard();
        this.epoch = opening.epoch();
        this.opening = opening;
    }

    ShardId shard() {
        return shard;
    }

    LeaderEpoch epoch() {
        return epoch;
    }

    ShardOpening opening() {
        return opening;
    }

    CompletableFuture<OpenOutcome> opened() {
        return opened;
    }

    ShardState state() {
        return state;
    }

    boolean isOpen() {
        return state instanceof ShardState.Open;
    }

    boolean isOpening() {
        return state instanceof ShardState.Opening;
    }

    boolean isClosed() {
        return state instanceof ShardState.Closed;
    }

    /// Whether what is durable may be shown: also while it is being handed off.
    boolean isReadable() {
        return state instanceof ShardState.Open || state instanceof ShardState.HandingOff;
    }

    void openedNow(int partitionsRecovered, long slotsRead) {
        state = new ShardState.Open();
        opened.complete(new OpenOutcome.Opened(partitionsRecovered, slotsRead));
        openingEnded();
    }

    /// Runs the task on the actor when the opening has ended, however it ended; tasks run in the order they
    /// came.
    void afterOpening(Runnable task, Executor actor) {
        afterOpening.add(() -> actor.execute(task));
    }

    private void openingEnded() {
        afterOpening.forEach(Runnable::run);
        afterOpening.clear();
    }

    void handingOff() {
        state = new ShardState.HandingOff();
    }

    /// Terminal; who waits for the opening is told.
    void closed(OpenOutcome ifOpening) {
        state = new ShardState.Closed();
        opened.complete(ifOpening);
        openingEnded();
    }

    void manifestTaken(ManifestWriter writer) {
        manifest = writer;
    }

    @Nullable
    ManifestWriter manifest() {
        return manifest;
    }

    /// Of the manifest as this leader last wrote it; 0 before it has taken it.
    long manifestVersion() {
        ManifestWriter writer = manifest;
        return writer == null ? 0 : writer.current().version();
    }

    void recovered(Map<TopicPartitionId, PartitionLog> recoveredPartitions, Set<Uuid> droppedTopics) {
        partitions.putAll(recoveredPartitions);
        droppedTopics.forEach(topic -> drop(topic, null));
    }

    /// What was appended last: whatever was appended before becomes durable before.
    void appended(WalTicket ticket, int bytes) {
        lastTicket = ticket;
        appendedBytes += bytes;
    }

    /// Since it was opened here.
    long appendedBytes() {
        return appendedBytes;
    }

    @Nullable
    WalTicket lastTicket() {
        return lastTicket;
    }

    void epochStartAppended() {
        epochStartAppended = true;
    }

    boolean hasWritten() {
        return epochStartAppended;
    }

    /// While a partition of it is cleaned, the attempt that the cleaning began under stays open.
    void cleaning(boolean isUnderWay) {
        cleaning = isUnderWay;
    }

    boolean isCleaning() {
        return cleaning;
    }

    /// The manifest with the next attempt open, or with the same as long as a cleaning needs it.
    ShardManifest attempted(ShardManifest manifest) {
        return cleaning ? manifest : manifest.withNextAttempt();
    }

    /// A number for an object's id, never given twice in this tenure.
    long nextObjectNumber() {
        return objects++;
    }

    /// Runs the job when those before it have ended: an attempt (its objects put, the manifest not changed
    /// yet) belongs to one job at a time.
    <T> CompletableFuture<T> exclusively(Supplier<CompletableFuture<T>> job) {
        CompletableFuture<T> result = lastJob.handle((_, _) -> null).thenCompose(_ -> job.get());
        lastJob = result;
        return result;
    }

    /// Where records are now, as the manifest says.
    void sourcesFrom(ShardManifest manifest) {
        manifest.partitions().forEach((id, now) -> {
            PartitionLog partition = partitions.get(id);
            if (partition != null) {
                partition.sources().folded(now.pages(), now.segments(), now.endOffset());
            }
        });
    }

    /// The topic's records are not in the manifest any more.
    void forget(Uuid topicId) {
        partitions.keySet().removeIf(id -> id.topicId().equals(topicId));
        dropped.put(topicId, Drop.FORGOTTEN);
    }

    @Nullable
    PartitionLog partition(TopicPartitionId id) {
        return partitions.get(id);
    }

    void add(TopicPartitionId id, PartitionLog partition) {
        partitions.put(id, partition);
    }

    java.util.Collection<PartitionLog> partitions() {
        return partitions.values();
    }

    /// In any order.
    Set<Map.Entry<TopicPartitionId, PartitionLog>> partitionsById() {
        return partitions.entrySet();
    }

    /// In a fixed order, for what must be the same in every run.
    Map<TopicPartitionId, PartitionLog> partitionsInOrder() {
        return new TreeMap<>(partitions);
    }

    FirstSequences firstSequences() {
        return firstSequences;
    }

    boolean isDropped(Uuid topicId) {
        return dropped.containsKey(topicId);
    }

    /// When a later leader will know that the topic is deleted.
    CompletableFuture<Durability> dropDurability(Uuid topicId) {
        Drop drop = dropped.get(topicId);
        return drop == null || drop.entry() == null
                ? CompletableFuture.completedFuture(Durability.DURABLE)
                : drop.entry().durability();
    }

    /// Topics that were deleted and whose records the manifest may still name.
    Set<Uuid> toForget() {
        Set<Uuid> topics = new TreeSet<>();
        dropped.forEach((topic, drop) -> {
            if (!drop.forgotten()) {
                topics.add(topic);
            }
        });
        return topics;
    }

    /// Whether a fold has still to cover what tails may hold of a deleted topic, its DROP included.
    ///
    /// @param incarnation that this tenure writes to
    boolean mayBeInTails(Uuid topicId, ShardManifest manifest, Incarnation incarnation) {
        Drop drop = dropped.get(topicId);
        if (drop == null || manifest.tails().stream().anyMatch(Tail::unread)) {
            return true;
        }
        if (drop.entry() == null) {
            return false; // a predecessor wrote the DROP, and everything of predecessors is folded
        }
        WalSlot slot = drop.entry().slot();
        return slot == null || manifest.position(incarnation, slot.generation()) <= slot.slot();
    }

    /// A topic is deleted. Nothing is appended to it after its DROP.
    ///
    /// @param entry its DROP, if this tenure wrote it
    void drop(Uuid topicId, @Nullable WalTicket entry) {
        dropped.put(topicId, new Drop(entry, false));
        partitions.forEach((id, partition) -> {
            if (id.topicId().equals(topicId)) {
                partition.drop();
            }
        });
    }

    /// Log end offsets of the partitions that have records: what EPOCH_START and HANDOFF repeat. Of deleted topics
    /// nothing is said: when they are purged, no manifest knows of them any more.
    Map<TopicPartitionId, Long> endOffsets() {
        Map<TopicPartitionId, Long> ends = new TreeMap<>();
        partitions.forEach((id, partition) -> {
            if (partition.endOffset() > 0 && !partition.dropped()) {
                ends.put(id, partition.endOffset());
            }
        });
        return ends;
    }

    ControlEntry.HandOff handOffEntry(LeaderEpoch upTo) {
        return new ControlEntry.HandOff(shard, upTo, false, endOffsets());
    }
}
