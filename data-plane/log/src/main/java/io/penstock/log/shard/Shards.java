// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.kafka.producers.ProducerEntry;
import io.penstock.kafka.producers.TransactionTerms;
import io.penstock.log.AppendOrigin;
import io.penstock.log.AppendRefusal;
import io.penstock.log.DeletionOutcome;
import io.penstock.log.Durability;
import io.penstock.log.HandOffOutcome;
import io.penstock.log.Isolation;
import io.penstock.log.LogListener;
import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import io.penstock.log.LogRuntime;
import io.penstock.log.LogSettings;
import io.penstock.log.LogStatus;
import io.penstock.log.OffsetLookup;
import io.penstock.log.OpenOutcome;
import io.penstock.log.PartitionOffsets;
import io.penstock.log.PartitionRef;
import io.penstock.log.ReadOutcome;
import io.penstock.log.Sequencing;
import io.penstock.log.ShardOpening;
import io.penstock.log.TopicPolicies;
import io.penstock.log.TransactionVerification;
import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.ControlEntry;
import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.log.manifest.ManifestWriter;
import io.penstock.log.manifest.Manifests;
import io.penstock.log.read.BackgroundReads;
import io.penstock.log.read.BatchReader;
import io.penstock.log.read.BlockCache;
import io.penstock.log.read.TailBatch;
import io.penstock.log.read.TailCache;
import io.penstock.log.read.TailSlot;
import io.penstock.log.segment.SegmentWriter;
import io.penstock.log.wal.Backoff;
import io.penstock.log.wal.DurableSlot;
import io.penstock.log.wal.Floors;
import io.penstock.log.wal.PatientStore;
import io.penstock.log.wal.SharedFooters;
import io.penstock.log.wal.Wal;
import io.penstock.log.wal.WalListener;
import io.penstock.log.wal.WalReader;
import io.penstock.log.wal.WalSealer;
import io.penstock.log.wal.WalSettings;
import io.penstock.log.wal.WalStatus;
import io.penstock.log.wal.WalTicket;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All shards that one incarnation leads in one cluster, on their actor.
///
/// It routes what is asked to the shard's tenure, and what the WAL tells (durable slots, seals) to all. Every
/// method is
/// called on the actor, except [#status()].
public final class Shards implements WalListener {
    private static final Logger log = LoggerFactory.getLogger(Shards.class);

    /// Longer than an opening takes from a healthy store; far shorter than any client's request time-out.
    private static final Duration LONGEST_HOLD = Duration.ofSeconds(2);

    private final Incarnation incarnation;
    private final LogSettings settings;
    private final LogRuntime runtime;
    private final Executor actor;
    private final LogListener listener;
    private final LogRules rules;
    private final PatientStore store;
    private final Executor cold;
    private final PatientStore coldStore;
    private final Wal wal;
    private final TailCache tailCache;
    private final PartitionReader reader;
    private final Manifests manifests;
    private final ShardOpener opener;
    private final Cleaner cleaner;
    private final Consolidation consolidation;
    private final Map<ShardId, ShardLog> shards = new TreeMap<>();
    private final Map<ShardId, HandOffHints> hints = new HashMap<>();

    /// Per shard the highest epoch that we gave away: it and those below may not be opened any more.
    private final Map<ShardId, LeaderEpoch> givenAway = new HashMap<>();

    private final Map<ShardId, CompletableFuture<HandOffOutcome>> handOffs = new HashMap<>();
    private boolean over;
    private boolean draining;
    private boolean fenced;
    private volatile LogStatus status;

    public Shards(
            ObjectStore objectStore,
            ClusterPrefix prefix,
            Incarnation incarnation,
            LogSettings settings,
            LogRuntime runtime,
            Executor actor,
            LogListener listener,
            TopicPolicies policies,
            LogRules rules) {
        this.incarnation = incarnation;
        this.settings = settings;
        this.runtime = runtime;
        this.actor = actor;
        this.listener = listener;
        this.rules = rules;
        LogKeys keys = new LogKeys(prefix);
        ReadSettings reads = ReadSettings.defaults();
        this.store = new PatientStore(objectStore, runtime, actor, Backoff.defaults());
        this.wal = new Wal(objectStore, keys, incarnation, WalSettings.of(settings), runtime, actor, this, rules);
        this.tailCache = new TailCache(settings.tailCacheBytes());
        this.cold = runtime.newReadActor("reads " + incarnation);
        this.coldStore = new PatientStore(objectStore, runtime, cold, Backoff.defaults());
        BatchReader batches = new BatchReader(
                new BlockCache(coldStore, reads.blockCacheBytes(), reads.catchUpBytesUnderWay()), keys, actor, cold);
        this.reader = new PartitionReader(batches, runtime, actor);
        this.manifests = new Manifests(store, keys);
        Floors floors = new Floors(store, keys, runtime);
        WalReader walReader = new WalReader(store, keys);
        SharedFooters footers =
                new SharedFooters(walReader, settings.housekeeping().recoveryReadsAtOnce());
        WalSealer sealer = new WalSealer(
                store, keys, floors, footers, "incarnation " + incarnation, settings.maxPutsInFlight(), rules);
        this.opener = new ShardOpener(
                store,
                keys,
                runtime,
                rules,
                manifests,
                new PredecessorCloser(sealer, walReader, runtime, actor, settings.handOffPatience(), rules),
                footers,
                new TailReader(footers, floors),
                this);
        LogSettings.Housekeeping housekeeping = settings.housekeeping();
        Deletions deletions = new Deletions(objectStore, store, runtime, actor, housekeeping.deletesPerSecond());
        SegmentWriter segments =
                new SegmentWriter(store, keys, new BackgroundReads(store, housekeeping.readsAtOnce()), actor);
        this.cleaner = new Cleaner(objectStore, keys, runtime, actor, policies, rules, this);
        this.consolidation = new Consolidation(
                settings,
                runtime,
                actor,
                rules,
                keys,
                incarnation,
                segments,
                new Merging(segments, keys, runtime, policies, this, housekeeping.partsPerPage()),
                new Collection(
                        store,
                        keys,
                        runtime,
                        actor,
                        rules,
                        incarnation,
                        floors,
                        manifests,
                        deletions,
                        settings.collectionGrace(),
                        housekeeping.undoWindow()),
                new GoneWals(
                        store,
                        keys,
                        runtime,
                        actor,
                        rules,
                        floors,
                        manifests,
                        new SharedFooters(walReader, housekeeping.readsAtOnce()),
                        deletions,
                        this,
                        settings.collectionGrace(),
                        settings.consolidateAfter()),
                policies,
                cleaner,
                this);
        this.status = new LogStatus(0, -1, Map.of(), Map.of(), 0, false);
    }

    // Leadership

    public CompletableFuture<OpenOutcome> open(ShardOpening opening) {
        ShardId shard = opening.shard();
        ShardLog present = shards.get(shard);
        if (present != null && present.epoch().equals(opening.epoch())) {
            return present.opened();
        }
        LeaderEpoch given = givenAway.get(shard);
        if (over
                || (given != null && given.compareTo(opening.epoch()) >= 0)
                || (present != null && present.epoch().compareTo(opening.epoch()) > 0)) {
            return CompletableFuture.completedFuture(new OpenOutcome.Superseded());
        }
        LeaderEpoch own = highestOwn(opening);
        CompletableFuture<HandOffOutcome> ownHandOff = handOffs.get(shard);
        if (own != null && (given == null || given.compareTo(own) < 0)) {
            // Ours already, at an earlier epoch: that is closed in our own WAL like in anybody else's.
            ownHandOff = handOff(shard, own);
        }
        if (own != null && ownHandOff != null && !ownHandOff.isDone()) {
            return ownHandOff.thenCompose(_ -> open(opening));
        }
        if (present != null && !present.isClosed()) {
            // The manifest's checkpoint vouches for it, or the metalog does not know of it: it is over in any case.
            superseded(present);
        }
        ShardLog tenure = new ShardLog(opening);
        shards.put(shard, tenure);
        HandOffHints hintsOfShard = hintsOf(shard);
        if (own != null && ownHandOff != null) {
            ownHandOff.thenAccept(outcome -> {
                if (outcome instanceof HandOffOutcome.HandedOff(WalSlot where)) {
                    hintsOfShard.reported(own, where);
                }
            });
        }
        long assigned = runtime.nanos();
        tenure.opened().thenAccept(outcome -> runtime.metrics().shardOpening(outcome, runtime.nanos() - assigned));
        opener.open(tenure, hintsOfShard);
        return tenure.opened();
    }

    private @Nullable LeaderEpoch highestOwn(ShardOpening opening) {
        LeaderEpoch highest = null;
        for (ShardOpening.Predecessor predecessor : opening.predecessors()) {
            if (predecessor.incarnation().equals(incarnation)) {
                highest = predecessor.epoch();
            }
        }
        return highest;
    }

    private HandOffHints hintsOf(ShardId shard) {
        return hints.computeIfAbsent(shard, _ -> new HandOffHints());
    }

    public void handOffReported(ShardId shard, LeaderEpoch predecessor, WalSlot where) {
        hintsOf(shard).reported(predecessor, where);
    }

    /// Where our own hand-offs are is no news to us.
    void openedNow(ShardLog tenure, int partitions, long slotsRead) {
        hints.remove(tenure.shard());
        tenure.firstSequences().opened(runtime.nanos());
        tenure.openedNow(partitions, slotsRead);
        consolidation.opened(tenure);
        log.info(
                "shard opened: shard={} leaderEpoch={} partitions={} slotsRead={}",
                tenure.shard(),
                tenure.epoch(),
                partitions,
                slotsRead);
        refreshStatus();
    }

    /// The opening came to nothing.
    void openingEnded(ShardLog tenure, OpenOutcome outcome) {
        if (tenure.isOpening()) {
            tenure.closed(outcome);
            consolidation.closed(tenure);
            log.warn("shard not opened: shard={} leaderEpoch={} outcome={}", tenure.shard(), tenure.epoch(), outcome);
        }
    }

    WalTicket append(ShardLog tenure, ControlEntry entry) {
        WalTicket ticket = wal.append(entry);
        tenure.appended(ticket, 0);
        return ticket;
    }

    public CompletableFuture<HandOffOutcome> handOff(ShardId shard, LeaderEpoch epoch) {
        ShardLog tenure = shards.get(shard);
        LeaderEpoch given = givenAway.get(shard);
        if (given != null && given.compareTo(epoch) >= 0) {
            CompletableFuture<HandOffOutcome> earlier = handOffs.get(shard);
            return earlier != null ? earlier : CompletableFuture.completedFuture(new HandOffOutcome.Fenced());
        }
        if (over || (tenure != null && tenure.epoch().compareTo(epoch) > 0)) {
            return CompletableFuture.completedFuture(new HandOffOutcome.Fenced());
        }
        givenAway.put(shard, epoch);
        CompletableFuture<HandOffOutcome> result = giveAway(shard, epoch, tenure);
        handOffs.put(shard, result);
        return result;
    }

    private CompletableFuture<HandOffOutcome> giveAway(ShardId shard, LeaderEpoch epoch, @Nullable ShardLog tenure) {
        if (tenure == null || (tenure.isOpening() && !tenure.hasWritten())) {
            if (tenure != null) {
                tenure.closed(new OpenOutcome.Superseded());
                consolidation.closed(tenure);
            }
            return handedOff(wal.append(new ControlEntry.HandOff(shard, epoch, true, Map.of())), tenure);
        }
        if (tenure.isClosed()) {
            return handedOff(wal.append(new ControlEntry.HandOff(shard, epoch, true, Map.of())), tenure);
        }
        tenure.handingOff();
        refreshStatus();
        WalTicket last = tenure.lastTicket();
        if (last == null || !rules.holds(Rule.R9_HAND_OFF_WAITS)) {
            return handedOff(wal.append(tenure.handOffEntry(epoch)), tenure);
        }
        return last.durability().thenCompose(durability -> switch (durability) {
            case DURABLE -> handedOff(wal.append(tenure.handOffEntry(epoch)), tenure);
            case FENCED, UNDECIDED -> CompletableFuture.completedFuture(new HandOffOutcome.Fenced());
        });
    }

    private CompletableFuture<HandOffOutcome> handedOff(WalTicket ticket, @Nullable ShardLog tenure) {
        if (!rules.holds(Rule.R9_HAND_OFF_WAITS)) {
            return toldTooEarly(ticket);
        }
        return ticket.durability().thenApply(durability -> {
            if (tenure != null && !tenure.isClosed()) {
                tenure.closed(new OpenOutcome.Superseded());
                consolidation.closed(tenure);
            }
            refreshStatus();
            WalSlot where = ticket.slot();
            return switch (durability) {
                case DURABLE -> {
                    if (where == null) {
                        throw new IllegalStateException("durable without a slot");
                    }
                    log.info("shard handed off: shard={} slot={}", tenure == null ? "" : tenure.shard(), where);
                    yield new HandOffOutcome.HandedOff(where);
                }
                case FENCED, UNDECIDED -> new HandOffOutcome.Fenced();
            };
        });
    }

    /// The mistake R9 forbids, for the tests that must notice it: the heir is told of a slot that is only on
    /// its way.
    private CompletableFuture<HandOffOutcome> toldTooEarly(WalTicket ticket) {
        WalSlot where = ticket.slot();
        if (where != null || over) {
            return CompletableFuture.completedFuture(
                    where == null ? new HandOffOutcome.Fenced() : new HandOffOutcome.HandedOff(where));
        }
        CompletableFuture<HandOffOutcome> result = new CompletableFuture<>();
        runtime.schedule(Duration.ofMillis(1), actor, () -> toldTooEarly(ticket).thenAccept(result::complete));
        return result;
    }

    /// A later leader has the manifest: this tenure is over, whatever the WAL says.
    void superseded(ShardLog tenure) {
        if (!tenure.isClosed()) {
            boolean served = !tenure.isOpening();
            tenure.closed(new OpenOutcome.Superseded());
            consolidation.closed(tenure);
            refreshStatus();
            if (served) {
                listener.shardClosed(tenure.shard(), tenure.epoch());
            }
        }
    }

    // Appending

    /// Sequences at once, or, while the shard is being opened, when that has ended: a producer that comes to
    /// its new leader some moments too early would only wait for its own backoff.
    public CompletableFuture<Sequencing> append(
            PartitionRef ref, ByteBuffer batches, AppendOrigin origin, TransactionTerms terms) {
        return onceOpen(ref.shard(), Sequencing.Refused::new, () -> appendNow(ref, batches, origin, terms));
    }

    /// As [#append], where the producer's transaction is concerned.
    public CompletableFuture<TransactionVerification> startVerification(
            PartitionRef ref, long producerId, short producerEpoch, int firstSequence, boolean epochPerTransaction) {
        return onceOpen(ref.shard(), TransactionVerification.Refused::new, () -> {
            ShardLog tenure = shards.get(ref.shard());
            if (over || tenure == null || !tenure.isOpen()) {
                return new TransactionVerification.Refused(
                        AppendRefusal.NOT_LEADER, "shard " + ref.shard() + " is not open here");
            }
            if (tenure.isDropped(ref.topicId())) {
                return new TransactionVerification.Refused(AppendRefusal.DROPPED, "the topic is deleted");
            }
            TopicPartitionId id = new TopicPartitionId(ref.topicId(), ref.partition());
            PartitionLog partition = tenure.partition(id);
            if (partition == null) {
                partition = new PartitionLog(ref, tenure.epoch(), runtime::wallMillis);
                tenure.add(id, partition);
            }
            return partition.startVerification(producerId, producerEpoch, firstSequence, epochPerTransaction);
        });
    }

    /// Empty if the partition is not open here.
    public Optional<List<ProducerEntry>> producers(PartitionRef ref) {
        ShardLog tenure = shards.get(ref.shard());
        if (over || tenure == null || !tenure.isOpen()) {
            return Optional.empty();
        }
        PartitionLog partition = tenure.partition(new TopicPartitionId(ref.topicId(), ref.partition()));
        return Optional.of(partition == null ? List.of() : partition.producers());
    }

    private <T> CompletableFuture<T> onceOpen(
            ShardId shard, BiFunction<AppendRefusal, String, T> refused, Supplier<T> question) {
        ShardLog tenure = shards.get(shard);
        if (over || tenure == null || !tenure.isOpening()) {
            return CompletableFuture.completedFuture(question.get());
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        LogRuntime.Timer timer = runtime.schedule(
                LONGEST_HOLD,
                actor,
                () -> answer.complete(
                        refused.apply(AppendRefusal.NOT_LEADER, "shard " + shard + " is still being opened here")));
        tenure.afterOpening(
                () -> {
                    timer.cancel();
                    if (!answer.isDone()) {
                        answer.complete(question.get());
                    }
                },
                actor);
        return answer;
    }

    private Sequencing appendNow(PartitionRef ref, ByteBuffer batches, AppendOrigin origin, TransactionTerms terms) {
        ShardLog tenure = shards.get(ref.shard());
        if (over || tenure == null || !tenure.isOpen()) {
            return new Sequencing.Refused(AppendRefusal.NOT_LEADER, "shard " + ref.shard() + " is not open here");
        }
        if (wal.pendingBytes() > 0 && wal.pendingBytes() + batches.remaining() > settings.maxPendingBytes()) {
            return new Sequencing.Refused(
                    AppendRefusal.OVERLOADED, wal.pendingBytes() + " bytes wait for the object store");
        }
        if (runtime.pending().exceededBy(batches.remaining())) {
            return new Sequencing.Refused(
                    AppendRefusal.OVERLOADED,
                    runtime.pending().bytes() + " bytes of this process wait for the object store");
        }
        if (consolidation.overwhelmed()) {
            return new Sequencing.Refused(
                    AppendRefusal.OVERLOADED, "the WAL's tail is too long: consolidation cannot follow");
        }
        TopicPartitionId id = new TopicPartitionId(ref.topicId(), ref.partition());
        if (tenure.isDropped(ref.topicId())) {
            return new Sequencing.Refused(AppendRefusal.DROPPED, "the topic is deleted");
        }
        PartitionLog partition = tenure.partition(id);
        boolean isNew = partition == null;
        if (partition == null) {
            partition = new PartitionLog(ref, tenure.epoch(), runtime::wallMillis);
        }
        Sequencing answer = partition.append(
                batches,
                origin,
                terms,
                producerId -> rules.holds(Rule.FIRST_SEQUENCE)
                        && tenure.firstSequences().comesTooEarly(id, producerId, runtime.nanos()),
                (row, bytes) -> {
                    int size = bytes.remaining();
                    WalTicket ticket = wal.append(row, bytes);
                    tenure.appended(ticket, size);
                    return ticket.durability();
                });
        if (isNew && answer instanceof Sequencing.Sequenced) {
            tenure.add(id, partition);
        }
        return answer;
    }

    public CompletableFuture<Boolean> drop(ShardId shard, Uuid topicId) {
        ShardLog tenure = shards.get(shard);
        if (over || tenure == null || !tenure.isOpen()) {
            return CompletableFuture.completedFuture(false);
        }
        if (!tenure.isDropped(topicId)) {
            tenure.drop(topicId, append(tenure, new ControlEntry.Drop(shard, tenure.epoch(), topicId)));
        }
        return tenure.dropDurability(topicId).thenApply(durability -> durability == Durability.DURABLE);
    }

    public CompletableFuture<DeletionOutcome> deleteAllRecords(PartitionRef ref) {
        return deleteRecords(
                ref, offsets(ref).map(PartitionOffsets::highWatermark).orElse(0L));
    }

    public CompletableFuture<DeletionOutcome> deleteRecords(PartitionRef ref, long beforeOffset) {
        return deleteRecords(ref, beforeOffset, false);
    }

    private CompletableFuture<DeletionOutcome> deleteRecords(PartitionRef ref, long beforeOffset, boolean proven) {
        ShardLog tenure = shards.get(ref.shard());
        if (over || tenure == null || !tenure.isOpen() || tenure.isDropped(ref.topicId())) {
            return CompletableFuture.completedFuture(new DeletionOutcome.NotLeader());
        }
        PartitionLog partition = tenure.partition(new TopicPartitionId(ref.topicId(), ref.partition()));
        long highWatermark = partition == null ? 0 : partition.highWatermark();
        if (beforeOffset > highWatermark) {
            return proven
                    ? CompletableFuture.completedFuture(new DeletionOutcome.OutOfRange(highWatermark))
                    : wal.barrier()
                            .thenCompose(notFenced -> notFenced
                                    ? deleteRecords(ref, beforeOffset, true)
                                    : CompletableFuture.completedFuture(new DeletionOutcome.Unavailable(
                                            "the object store does not prove that we still lead")));
        }
        if (partition == null || beforeOffset <= partition.logStartOffset()) {
            long start = partition == null ? 0 : partition.logStartOffset();
            return CompletableFuture.completedFuture(new DeletionOutcome.Deleted(start));
        }
        WalTicket ticket = append(
                tenure,
                new ControlEntry.LogStart(ref.shard(), tenure.epoch(), ref.topicId(), ref.partition(), beforeOffset));
        if (!rules.holds(Rule.R3_LOG_START)) {
            partition.raiseLogStart(beforeOffset);
            return CompletableFuture.completedFuture(new DeletionOutcome.Deleted(beforeOffset));
        }
        return ticket.durability().thenApply(durability -> switch (durability) {
            // A tenure that is over does not hear of durable slots any more; what it wrote before holds all the same.
            case DURABLE -> new DeletionOutcome.Deleted(Math.max(beforeOffset, partition.logStartOffset()));
            case FENCED -> new DeletionOutcome.NotLeader();
            case UNDECIDED -> new DeletionOutcome.Unavailable("this log was closed before it was durable");
        });
    }

    // Reading

    public CompletableFuture<ReadOutcome> read(PartitionRef ref, long offset, int maxBytes, Isolation isolation) {
        return read(ref, offset, maxBytes, isolation, false);
    }

    /// An object that is gone: our manifest is not the newest, or it has changed since the read began, or
    /// it is damage. What we have put ourselves counts as soon as it is there: its answer may still be under
    /// way, and others have collected already what it folded.
    private CompletableFuture<ReadOutcome> readAgain(
            ShardLog tenure, PartitionRef ref, long offset, int maxBytes, Isolation isolation, Throwable gone) {
        return manifests.read(ref.shard()).thenCompose(now -> {
            if (now.isPresent() && now.get().manifest().epoch().compareTo(tenure.epoch()) > 0) {
                superseded(tenure);
                return CompletableFuture.completedFuture(new ReadOutcome.NotLeader());
            }
            PartitionLog partition = tenure.partition(new TopicPartitionId(ref.topicId(), ref.partition()));
            if (partition == null || offset < partition.logStartOffset()) {
                return read(ref, offset, maxBytes, isolation);
            }
            long readWith = tenure.manifestVersion();
            boolean newerIsThere = now.isPresent() && now.get().manifest().version() > readWith;
            return reader.read(partition, offset, maxBytes, isolation).exceptionally(again -> {
                if (newerIsThere || tenure.manifestVersion() > readWith) {
                    return new ReadOutcome.Unavailable("the shard's records have just been moved");
                }
                log.error("records cannot be read: partition={} offset={} {}", ref, offset, again.getMessage());
                return new ReadOutcome.Unavailable(String.valueOf(gone.getMessage()));
            });
        });
    }

    private CompletableFuture<ReadOutcome> read(
            PartitionRef ref, long offset, int maxBytes, Isolation isolation, boolean proven) {
        ShardLog tenure = readable(ref);
        if (tenure == null) {
            return CompletableFuture.completedFuture(new ReadOutcome.NotLeader());
        }
        PartitionLog partition = tenure.partition(new TopicPartitionId(ref.topicId(), ref.partition()));
        long start = partition == null ? 0 : partition.logStartOffset();
        long end = partition == null ? 0 : partition.endOffset();
        if (offset >= start && offset <= end) {
            return partition == null
                    ? CompletableFuture.completedFuture(new ReadOutcome.Records(List.of(), 0, 0, 0, List.of()))
                    : reader.read(partition, offset, maxBytes, isolation)
                            .exceptionallyCompose(gone -> reader.patiently(
                                    readAgain(tenure, ref, offset, maxBytes, isolation, gone),
                                    ReadOutcome.Unavailable::new))
                            // What was asked for may be deleted since: nobody is given the rest without being told.
                            .thenCompose(outcome -> offset < partition.logStartOffset()
                                    ? read(ref, offset, maxBytes, isolation, false)
                                    : CompletableFuture.completedFuture(outcome));
        }
        if (proven) {
            long highWatermark = partition == null ? 0 : partition.highWatermark();
            return CompletableFuture.completedFuture(new ReadOutcome.OutOfRange(start, highWatermark));
        }
        return wal.barrier().thenCompose(notFenced -> {
            if (notFenced) {
                return read(ref, offset, maxBytes, isolation, true);
            }
            return CompletableFuture.completedFuture(
                    readable(ref) == null
                            ? new ReadOutcome.NotLeader()
                            : new ReadOutcome.Unavailable("the object store does not prove that we still lead"));
        });
    }

    /// The tenure, if it may tell anything of the partition: of deleted topics nothing is told.
    private @Nullable ShardLog readable(PartitionRef ref) {
        ShardLog tenure = shards.get(ref.shard());
        return over || tenure == null || !tenure.isReadable() || tenure.isDropped(ref.topicId()) ? null : tenure;
    }

    public CompletableFuture<Boolean> readBarrier() {
        return wal.barrier();
    }

    /// Bytes of the partition's durable batches; empty if it is not open here.
    public OptionalLong retainedBytes(PartitionRef ref) {
        ShardLog tenure = readable(ref);
        if (tenure == null) {
            return OptionalLong.empty();
        }
        PartitionLog partition = tenure.partition(new TopicPartitionId(ref.topicId(), ref.partition()));
        return OptionalLong.of(partition == null ? 0 : partition.retainedBytes());
    }

    public Optional<PartitionOffsets> offsets(PartitionRef ref) {
        ShardLog tenure = readable(ref);
        if (tenure == null) {
            return Optional.empty();
        }
        PartitionLog partition = tenure.partition(new TopicPartitionId(ref.topicId(), ref.partition()));
        return Optional.of(partition == null ? new PartitionOffsets(tenure.epoch(), 0, 0, 0, 0) : partition.offsets());
    }

    public CompletableFuture<OffsetLookup> offsetForTimestamp(PartitionRef ref, long timestamp, Isolation isolation) {
        ShardLog tenure = readable(ref);
        if (tenure == null) {
            return CompletableFuture.completedFuture(new OffsetLookup.NotLeader());
        }
        PartitionLog partition = tenure.partition(new TopicPartitionId(ref.topicId(), ref.partition()));
        return partition == null
                ? CompletableFuture.completedFuture(new OffsetLookup.None())
                : reader.forTimestamp(partition, timestamp, isolation);
    }

    public CompletableFuture<OffsetLookup> offsetOfMaxTimestamp(PartitionRef ref) {
        ShardLog tenure = readable(ref);
        if (tenure == null) {
            return CompletableFuture.completedFuture(new OffsetLookup.NotLeader());
        }
        PartitionLog partition = tenure.partition(new TopicPartitionId(ref.topicId(), ref.partition()));
        return partition == null
                ? CompletableFuture.completedFuture(new OffsetLookup.None())
                : reader.maxTimestamp(partition);
    }

    /// Told only up to the high watermark: what is beyond it may never come to be.
    public OffsetLookup endOffsetForEpoch(PartitionRef ref, int leaderEpoch) {
        ShardLog tenure = readable(ref);
        if (tenure == null) {
            return new OffsetLookup.NotLeader();
        }
        if (leaderEpoch > tenure.epoch().number()) {
            return new OffsetLookup.None();
        }
        PartitionLog partition = tenure.partition(new TopicPartitionId(ref.topicId(), ref.partition()));
        if (partition == null) {
            return new OffsetLookup.Found(0, -1, leaderEpoch);
        }
        EpochHistory.End end = partition.epochs().endOf(leaderEpoch, partition.highWatermark());
        return new OffsetLookup.Found(end.endOffset(), -1, end.epoch());
    }

    // What the WAL tells

    @Override
    public void durable(DurableSlot slot) {
        boolean inOrder = rules.holds(Rule.R3_FRONTIER) && rules.holds(Rule.R8_CARRY_UNCHANGED);
        TailSlot cached = tailCache.add(slot.slot(), slot.wholeObject());
        Set<PartitionLog> advanced = new LinkedHashSet<>();
        for (BatchIndex row : slot.batches()) {
            ShardLog tenure = shards.get(row.shard());
            if (tenure == null || !tenure.epoch().equals(row.epoch()) || !tenure.isReadable()) {
                continue;
            }
            PartitionLog partition = tenure.partition(row.topicPartition());
            if (partition == null) {
                throw new IllegalStateException("a durable batch of " + row.topicPartition() + ", never appended");
            }
            if (inOrder) {
                partition.durable(new TailBatch(row, cached));
            } else {
                partition.durableUnchecked(new TailBatch(row, cached));
            }
            advanced.add(partition);
        }
        for (ControlEntry entry : slot.control()) {
            if (entry instanceof ControlEntry.LogStart start) {
                durable(start);
            }
        }
        consolidation.durable(slot);
        refreshStatus();
        if (draining) {
            actor.execute(this::closeWhenDrained);
        }
        for (PartitionLog partition : advanced) {
            listener.highWatermarkAdvanced(partition.ref(), partition.highWatermark());
        }
    }

    private void durable(ControlEntry.LogStart start) {
        ShardLog tenure = shards.get(start.shard());
        if (tenure != null && tenure.epoch().equals(start.epoch()) && tenure.isReadable()) {
            PartitionLog partition = tenure.partition(new TopicPartitionId(start.topicId(), start.partition()));
            if (partition == null) {
                throw new IllegalStateException("a durable log start of a partition without records: " + start);
            }
            partition.raiseLogStart(start.offset());
        }
    }

    @Override
    public void shardsFenced(Map<ShardId, LeaderEpoch> upTo, WalSlot seal) {
        upTo.forEach((shard, epoch) -> {
            ShardLog tenure = shards.get(shard);
            if (tenure != null && tenure.epoch().compareTo(epoch) <= 0) {
                superseded(tenure);
            }
        });
        refreshStatus();
    }

    @Override
    public void ended(WalSlot seal) {
        fenced = true;
        endAll();
        listener.incarnationFenced();
    }

    @Override
    public void damaged(WalSlot slot, String detail) {
        // Nothing more can be acknowledged here; a later incarnation recovers what is whole, and says what is not.
        fenced = true;
        endAll();
        listener.incarnationFenced();
    }

    private void endAll() {
        over = true;
        for (ShardLog tenure : new ArrayList<>(shards.values())) {
            superseded(tenure);
        }
        store.close();
        cold.execute(coldStore::close);
        cleaner.close();
        refreshStatus();
    }

    // Status and end

    private void refreshStatus() {
        WalStatus written = wal.status();
        Map<ShardId, LeaderEpoch> open = new HashMap<>();
        Map<ShardId, Long> appended = new HashMap<>();
        for (ShardLog tenure : shards.values()) {
            if (tenure.isOpen()) {
                open.put(tenure.shard(), tenure.epoch());
                appended.put(tenure.shard(), tenure.appendedBytes());
            }
        }
        status =
                new LogStatus(written.generation(), written.frontier(), open, appended, written.pendingBytes(), fenced);
    }

    /// Share of what may wait for durability that does, in this log or in the process, whichever is more: 0 to about 1.
    /// From any thread.
    public double pendingFill() {
        return Math.max(
                (double) wal.pendingBytes() / settings.maxPendingBytes(),
                runtime.pending().fill());
    }

    /// From any thread.
    public LogStatus status() {
        return status;
    }

    /// Stops serving; what is on its way to the store goes on until the store has said what became of it.
    public void retire() {
        if (!over) {
            stopServing();
            draining = true;
            runtime.schedule(settings.slotStuckAfter(), actor, wal::close);
            closeWhenDrained();
        }
    }

    private void closeWhenDrained() {
        if (draining && wal.pendingBytes() == 0) {
            wal.close();
        }
    }

    public void close() {
        if (!over) {
            stopServing();
        }
        wal.close();
        refreshStatus();
    }

    private void stopServing() {
        over = true;
        for (ShardLog tenure : shards.values()) {
            if (!tenure.isClosed()) {
                tenure.closed(new OpenOutcome.Superseded());
            }
        }
        store.close();
        cleaner.close();
        refreshStatus();
    }

    /// Shards that serve, in their order.
    List<ShardLog> open() {
        return shards.values().stream().filter(ShardLog::isOpen).toList();
    }

    /// Whether the shard is in a tenure of ours that has not ended.
    boolean leads(ShardId shard) {
        ShardLog tenure = shards.get(shard);
        return tenure != null && !tenure.isClosed();
    }

    /// The manifest of a shard that we lead, as last written; empty if we do not lead it.
    Optional<ShardManifest> manifestOf(ShardId shard) {
        ShardLog tenure = shards.get(shard);
        ManifestWriter manifest = tenure == null || !tenure.isOpen() ? null : tenure.manifest();
        return manifest == null ? Optional.empty() : Optional.of(manifest.current());
    }

    boolean isOver() {
        return over;
    }

    Incarnation incarnation() {
        return incarnation;
    }
}
