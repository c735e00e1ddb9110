// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import io.penstock.kafka.producers.ProducerEntry;
import io.penstock.kafka.producers.TransactionTerms;
import io.penstock.log.shard.Shards;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;

/// The log of one cluster during one incarnation of a broker: the entry to everything in this module.
///
/// All methods may be called from any thread and do not block; work happens on one actor per cluster log.
/// Futures complete on that actor (so their callbacks must not block) and never exceptionally.
///
/// Guarantees: (1) `DURABLE` is answered only for what is at or below the durable frontier; (2) reads never
/// show what
/// is beyond it;
/// (3) after a seal has ended this tenure nothing is ever acknowledged again; (4) offsets of a partition
/// never repeat
/// and, within what is acknowledged, have no gaps.
public final class ClusterLog implements AutoCloseable {

    private final Incarnation incarnation;
    private final Executor actor;
    private final Shards shards;

    public ClusterLog(
            ObjectStore store,
            ClusterPrefix prefix,
            Incarnation incarnation,
            LogSettings settings,
            LogRuntime runtime,
            LogListener listener) {
        this(store, prefix, incarnation, settings, runtime, listener, TopicPolicies.KEEP_EVERYTHING);
    }

    /// @param policies what topics want kept
    public ClusterLog(
            ObjectStore store,
            ClusterPrefix prefix,
            Incarnation incarnation,
            LogSettings settings,
            LogRuntime runtime,
            LogListener listener,
            TopicPolicies policies) {
        this(store, prefix, incarnation, settings, runtime, listener, policies, LogRules.strict());
    }

    /// @param rules anything but [LogRules#strict()] only in tests and simulations
    public ClusterLog(
            ObjectStore store,
            ClusterPrefix prefix,
            Incarnation incarnation,
            LogSettings settings,
            LogRuntime runtime,
            LogListener listener,
            TopicPolicies policies,
            LogRules rules) {
        this.incarnation = incarnation;
        this.actor = runtime.newActor("log " + prefix + " " + incarnation);
        this.shards = new Shards(store, prefix, incarnation, settings, runtime, actor, listener, policies, rules);
    }

    /// Asks on the actor, answers on the actor.
    private <T> CompletableFuture<T> ask(Supplier<CompletableFuture<T>> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        actor.execute(() -> {
            try {
                question.get().whenComplete((value, failure) -> {
                    if (failure == null) {
                        answer.complete(value);
                    } else {
                        answer.completeExceptionally(failure);
                    }
                });
            } catch (RuntimeException bug) {
                answer.completeExceptionally(bug);
                throw bug;
            }
        });
        return answer;
    }

    private <T> CompletableFuture<T> askNow(Supplier<T> question) {
        return ask(() -> CompletableFuture.completedFuture(question.get()));
    }

    public Incarnation incarnation() {
        return incarnation;
    }

    /// Opens a shard (R7). Retries store trouble by itself; repeated calls for the same epoch return the
    /// same future.
    public CompletableFuture<OpenOutcome> open(ShardOpening opening) {
        return ask(() -> shards.open(opening));
    }

    /// A hint that a predecessor's HANDOFF is durable there; it is read and verified before it counts (R9).
    public void handOffReported(ShardId shard, LeaderEpoch predecessor, WalSlot where) {
        actor.execute(() -> shards.handOffReported(shard, predecessor, where));
    }

    /// Stops appends to the shard and makes HANDOFF durable, also for a shard that was assigned to us at
    /// `epoch` and
    /// never opened (R9).
    public CompletableFuture<HandOffOutcome> handOff(ShardId shard, LeaderEpoch epoch) {
        return ask(() -> shards.handOff(shard, epoch));
    }

    /// Sequences one or more record batches (format v2, already validated, CRC checked); copies the bytes
    /// before the
    /// future completes.
    /// Base offset and partition leader epoch are patched on the copy. While the shard is being opened here the
    /// answer waits for that, up to two seconds; appends of one partition keep their order.
    public CompletableFuture<Sequencing> append(PartitionRef partition, ByteBuffer batches, AppendOrigin origin) {
        return append(partition, batches, origin, TransactionTerms.NONE);
    }

    /// As [#append(PartitionRef, ByteBuffer, AppendOrigin)], for markers and for records of a transaction.
    ///
    /// @param terms what [#startVerification] gave, once the coordinator agreed; or a marker's version
    public CompletableFuture<Sequencing> append(
            PartitionRef partition, ByteBuffer batches, AppendOrigin origin, TransactionTerms terms) {
        return ask(() -> shards.append(partition, batches, origin, terms));
    }

    /// Whether the coordinator of a producer's transaction has to be asked before records of it are appended: it has,
    /// unless the transaction is open in the partition (KIP-890). Waits for an opening shard as [#append] does.
    ///
    /// @param firstSequence of the batch, -1 if it has none
    /// @param epochPerTransaction whether the producer's epoch grows with every transaction (transaction version 2)
    public CompletableFuture<TransactionVerification> startVerification(
            PartitionRef partition,
            long producerId,
            short producerEpoch,
            int firstSequence,
            boolean epochPerTransaction) {
        return ask(() ->
                shards.startVerification(partition, producerId, producerEpoch, firstSequence, epochPerTransaction));
    }

    /// The producers that the partition remembers, from memory; empty if it is not open here.
    public CompletableFuture<Optional<List<ProducerEntry>>> producers(PartitionRef partition) {
        return askNow(() -> shards.producers(partition));
    }

    /// Reads whole batches from `offset`, about `maxBytes` at most but always at least one batch if there
    /// is any.
    /// OUT_OF_RANGE is answered only after a read barrier (R10).
    public CompletableFuture<ReadOutcome> read(PartitionRef partition, long offset, int maxBytes, Isolation isolation) {
        return ask(() -> shards.read(partition, offset, maxBytes, isolation));
    }

    /// Proves that this incarnation was not fenced when the call came (R10). Shared: at most one probe in
    /// about 50
    /// ms.
    ///
    /// @return true if proven; false if fenced or the store does not answer
    public CompletableFuture<Boolean> readBarrier() {
        return ask(shards::readBarrier);
    }

    /// Where the partition stands, from memory; empty if not open here. Call [#readBarrier()] before
    /// telling clients
    /// offsets from it.
    public CompletableFuture<Optional<PartitionOffsets>> offsets(PartitionRef partition) {
        return askNow(() -> shards.offsets(partition));
    }

    /// As [#offsets(PartitionRef)], of many at once; those that are not open here are left out.
    public CompletableFuture<Map<PartitionRef, PartitionOffsets>> offsets(Collection<PartitionRef> partitions) {
        return askNow(() -> {
            Map<PartitionRef, PartitionOffsets> found = new HashMap<>();
            partitions.forEach(
                    partition -> shards.offsets(partition).ifPresent(offsets -> found.put(partition, offsets)));
            return found;
        });
    }

    /// Bytes of the batches that partitions hold, as they lie in the store; a segment counts whole until all
    /// of it is below the log's start. Those that are not open here are left out.
    public CompletableFuture<Map<PartitionRef, Long>> retainedBytes(Collection<PartitionRef> partitions) {
        return askNow(() -> {
            Map<PartitionRef, Long> found = new HashMap<>();
            partitions.forEach(partition -> {
                OptionalLong bytes = shards.retainedBytes(partition);
                if (bytes.isPresent()) {
                    found.put(partition, bytes.getAsLong());
                }
            });
            return found;
        });
    }

    /// First record whose timestamp is at or after the one given, below the isolation's bound (KIP-79).
    public CompletableFuture<OffsetLookup> offsetForTimestamp(
            PartitionRef partition, long timestamp, Isolation isolation) {
        return ask(() -> shards.offsetForTimestamp(partition, timestamp, isolation));
    }

    /// The record with the largest timestamp, the first of several (KIP-734).
    public CompletableFuture<OffsetLookup> offsetOfMaxTimestamp(PartitionRef partition) {
        return ask(() -> shards.offsetOfMaxTimestamp(partition));
    }

    /// The end offset of the largest epoch at or below the one asked (KIP-320, log.md "Leader epochs for
    /// clients").
    public CompletableFuture<OffsetLookup> endOffsetForEpoch(PartitionRef partition, int leaderEpoch) {
        return askNow(() -> shards.endOffsetForEpoch(partition, leaderEpoch));
    }

    /// Makes it durable that the partition's records below the offset are gone (LOG_START). The log start
    /// offset only
    /// grows, and survives every failover; the objects go some time later.
    ///
    /// @param beforeOffset first offset to be kept, 0 or more
    public CompletableFuture<DeletionOutcome> deleteRecords(PartitionRef partition, long beforeOffset) {
        return ask(() -> shards.deleteRecords(partition, beforeOffset));
    }

    /// As [#deleteRecords(PartitionRef, long)], of everything below the high watermark.
    public CompletableFuture<DeletionOutcome> deleteAllRecords(PartitionRef partition) {
        return ask(() -> shards.deleteAllRecords(partition));
    }

    /// Makes DROP of the topic durable for the shard: its records are gone for clients, its name may be
    /// used again.
    ///
    /// @return true when durable, false if this incarnation was fenced first
    public CompletableFuture<Boolean> drop(ShardId shard, Uuid topicId) {
        return ask(() -> shards.drop(shard, topicId));
    }

    /// How much of what may wait for durability does, here or in the whole process, whichever is more: 0 to about 1,
    /// where
    /// appends are refused as overloaded.
    public double pendingFill() {
        return shards.pendingFill();
    }

    /// What heartbeats report.
    public LogStatus status() {
        return shards.status();
    }

    /// Stops serving for good, because the metalog says that this incarnation is over. Appends under way
    /// still end as
    /// the store decides: durable if they came before the heirs' seal, `FENCED` if the seal refuses them.
    public void retire() {
        actor.execute(shards::retire);
    }

    /// Stops at once, without handing anything off. Appends under way end as `UNDECIDED`.
    @Override
    public void close() {
        actor.execute(shards::close);
    }
}
