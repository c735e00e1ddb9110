// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.judge;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.penstock.log.PartitionRef;
import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.ControlEntry;
import io.penstock.log.format.SlotContent;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.simulation.Trace;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Compares, at every instant, what is durable with what clients were told.
///
/// *Durable* is what lies in the contiguous prefix of some WAL ([WalTruth] says when that grows). By the
/// protocol's own
/// promise these batches, in the order in which they become durable, are the partitions' history; so each
/// of them must
/// begin exactly where the one before ended, and everything told to a client must agree with it. That needs no
/// knowledge of how the log decides anything.
public final class Judge {
    private final Trace trace;
    private final LongSupplier nowMillis;
    private final long tombstonesKeptMillis;
    private final SortedMap<TopicPartitionId, PartitionTruth> partitions = new TreeMap<>();
    private final Map<ShardId, SortedMap<Integer, Incarnation>> writers = new HashMap<>();
    private final Map<ShardId, Integer> begun = new HashMap<>();
    private final Map<String, Long> highWatermarks = new HashMap<>();
    private final Map<Integer, Long> metalog = new HashMap<>();
    private @Nullable InvariantViolated verdict;
    private long acknowledged;
    private long served;

    /// @param nowMillis the wall clock
    /// @param tombstonesKeptMillis at least, in compacted topics; -1 if nothing is compacted
    public Judge(Trace trace, LongSupplier nowMillis, long tombstonesKeptMillis) {
        this.trace = trace;
        this.nowMillis = nowMillis;
        this.tombstonesKeptMillis = tombstonesKeptMillis;
    }

    /// The first violation, if there is one.
    public @Nullable InvariantViolated verdict() {
        return verdict;
    }

    @FormatMethod
    public void violated(Invariant invariant, @FormatString String detail, Object... facts) {
        violated(invariant, null, String.format(Locale.ROOT, detail, facts));
    }

    public void violated(Invariant invariant, @Nullable Throwable cause, String detail) {
        trace.line("JUDGE", "%s: %s", invariant, detail);
        if (verdict == null) {
            verdict = new InvariantViolated(invariant, detail, cause);
        }
    }

    public long acknowledged() {
        return acknowledged;
    }

    public long served() {
        return served;
    }

    // ---- what becomes durable

    /// A slot joined the contiguous prefix of its WAL.
    void durable(SlotContent.WalData slot) {
        Incarnation writer = slot.slot().incarnation();
        for (BatchIndex batch : slot.batches()) {
            durable(writer, slot, batch);
        }
        for (ControlEntry entry : slot.control()) {
            durable(writer, slot, entry);
        }
    }

    private void durable(Incarnation writer, SlotContent.WalData slot, BatchIndex batch) {
        wrote(writer, batch.shard(), batch.epoch().number(), "a batch in " + slot.slot());
        PartitionTruth truth = truth(batch.topicPartition());
        long[] expected = {batch.baseOffset()};
        Payload.read(slot.bytes(batch), (offset, epoch, timestamp, payload) -> {
            if (offset != expected[0]++ || epoch != batch.epoch().number()) {
                violated(
                        Invariant.NO_CORRUPTION,
                        "%s: the footer of %s and its batch disagree: %s, but offset %d of epoch %d",
                        batch.topicPartition(),
                        slot.slot(),
                        batch,
                        offset,
                        epoch);
            }
            append(batch.topicPartition(), truth, offset, epoch, timestamp, payload, slot);
        });
    }

    private void append(
            TopicPartitionId partition,
            PartitionTruth truth,
            long offset,
            int epoch,
            long timestamp,
            long payload,
            SlotContent.WalData slot) {
        if (offset < truth.end()) {
            violated(
                    offset < truth.acknowledgedEnd()
                            ? Invariant.NO_ACKNOWLEDGED_RECORD_LOST
                            : Invariant.OFFSETS_NEVER_REPEAT,
                    "%s offset %d holds %s, and %s puts %s there",
                    partition,
                    offset,
                    Payload.text(truth.payloadAt(offset)),
                    slot.slot(),
                    Payload.text(payload));
            return;
        }
        if (offset > truth.end()) {
            violated(
                    Invariant.OFFSETS_HAVE_NO_GAPS,
                    "%s ends at %d, and %s goes on at %d with %s",
                    partition,
                    truth.end(),
                    slot.slot(),
                    offset,
                    Payload.text(payload));
            return;
        }
        truth.append(epoch, timestamp, payload, nowMillis.getAsLong());
        if (Payload.isIdempotent(payload)) {
            int producer = Payload.producer(payload);
            int last = truth.lastOf(producer);
            if (Payload.number(payload) != last + 1) {
                violated(
                        Invariant.PRODUCER_ORDER_KEPT_WITHOUT_DUPLICATES,
                        "%s offset %d: %s comes after #%d",
                        partition,
                        offset,
                        Payload.text(payload),
                        last);
            }
            truth.lastOf(producer, Payload.number(payload));
        }
    }

    private void durable(Incarnation writer, SlotContent.WalData slot, ControlEntry entry) {
        ShardId shard = entry.shard();
        int epoch = entry.epoch().number();
        wrote(writer, shard, epoch, entry.getClass().getSimpleName() + " in " + slot.slot());
        switch (entry) {
            case ControlEntry.EpochStart start -> {
                begun.merge(shard, epoch, Math::max);
                start.endOffsets().forEach((partition, end) -> {
                    PartitionTruth truth = truth(partition);
                    if (end != truth.end()) {
                        violated(
                                end < truth.acknowledgedEnd()
                                        ? Invariant.NO_ACKNOWLEDGED_RECORD_LOST
                                        : end < truth.end()
                                                ? Invariant.OFFSETS_NEVER_REPEAT
                                                : Invariant.OFFSETS_HAVE_NO_GAPS,
                                "epoch %d of shard %s starts at %d of %s, which ends at %d (acknowledged to %d)",
                                epoch,
                                shard,
                                end,
                                partition,
                                truth.end(),
                                truth.acknowledgedEnd());
                    }
                });
            }
            case ControlEntry.LogStart start ->
                logStartDurable(new TopicPartitionId(start.topicId(), start.partition()), start.offset());
            case ControlEntry.HandOff _, ControlEntry.Drop _ -> {}
        }
    }

    /// A WAL or a manifest says durably that the partition begins there.
    void logStartDurable(TopicPartitionId partition, long offset) {
        PartitionTruth truth = truth(partition);
        if (offset > truth.end()) {
            violated(
                    Invariant.LOG_START_IS_DURABLE,
                    "%s begins at %d, it is written, and ends at %d",
                    partition,
                    offset,
                    truth.end());
        }
        truth.raiseLogStart(offset);
    }

    private void wrote(Incarnation writer, ShardId shard, int epoch, String what) {
        Incarnation known = writers.computeIfAbsent(shard, _ -> new TreeMap<>()).putIfAbsent(epoch, writer);
        if (known != null && !known.equals(writer)) {
            violated(
                    Invariant.ONE_WRITER_PER_EPOCH,
                    "epoch %d of shard %s is written by %s and by %s (%s)",
                    epoch,
                    shard,
                    known,
                    writer,
                    what);
        }
        Integer newest = begun.get(shard);
        if (newest != null && newest > epoch && !what.startsWith("HandOff")) {
            violated(
                    Invariant.ONE_WRITER_PER_EPOCH,
                    "%s is of epoch %d of shard %s and becomes durable after epoch %d has begun",
                    what,
                    epoch,
                    shard,
                    newest);
        }
    }

    // ---- what clients are told

    /// A producer was told that its record is stored.
    public void acknowledged(PartitionRef partition, long offset, long payload) {
        acknowledged++;
        PartitionTruth truth = truth(id(partition));
        if (truth.payloadAt(offset) != payload) {
            violated(
                    Invariant.ACKNOWLEDGED_IS_DURABLE,
                    "%s was acknowledged at %s offset %d, where %s is durable (end %d)",
                    Payload.text(payload),
                    partition,
                    offset,
                    Payload.text(truth.payloadAt(offset)),
                    truth.end());
        }
        truth.acknowledgedUpTo(offset);
        truth.toldUpTo(offset + 1);
    }

    /// A consumer was given a record.
    public void served(PartitionRef partition, long offset, long payload) {
        served++;
        PartitionTruth truth = truth(id(partition));
        if (truth.payloadAt(offset) != payload) {
            violated(
                    Invariant.NOTHING_SERVED_BEYOND_DURABLE,
                    "%s was served at %s offset %d, where %s is durable (end %d)",
                    Payload.text(payload),
                    partition,
                    offset,
                    Payload.text(truth.payloadAt(offset)),
                    truth.end());
        }
    }

    /// A consumer that had read up to one offset was given another next.
    public void skipped(PartitionRef partition, Incarnation by, long from, long to) {
        PartitionTruth truth = truth(id(partition));
        for (long offset = from; offset < to; offset++) {
            if (tombstonesKeptMillis < 0) {
                violated(
                        Invariant.OFFSETS_HAVE_NO_GAPS,
                        "%s serves offset %d of %s after %d",
                        by,
                        to,
                        partition,
                        from - 1);
                return;
            }
            if (!truth.mayBeCleaned(offset, nowMillis.getAsLong(), tombstonesKeptMillis)) {
                violated(
                        Invariant.LAST_VALUES_STAY,
                        "%s goes from offset %d of %s to %d, and %d holds %s, the last of its key",
                        by,
                        from,
                        partition,
                        to,
                        offset,
                        Payload.text(truth.payloadAt(offset)));
                return;
            }
        }
    }

    /// The first offset from one bound up to another that no cleaning takes and that has such a timestamp; the
    /// upper bound if there is none.
    private long firstThatStays(PartitionTruth truth, long timestamp, long from, long bound) {
        long first = truth.firstAtOrAfter(timestamp, from, bound);
        while (tombstonesKeptMillis >= 0
                && first < bound
                && truth.mayBeCleaned(first, nowMillis.getAsLong(), tombstonesKeptMillis)) {
            first = truth.firstAtOrAfter(timestamp, first + 1, bound);
        }
        return first;
    }

    /// The highest high watermark of the partition that this incarnation has told anybody.
    public long toldBy(PartitionRef partition, Incarnation by) {
        return highWatermarks.getOrDefault(by + " " + partition, 0L);
    }

    /// A client was told a high watermark by an incarnation.
    ///
    /// @param toldBefore what the same incarnation had told of it when the client asked
    public void highWatermark(PartitionRef partition, Incarnation by, long highWatermark, long toldBefore) {
        PartitionTruth truth = truth(id(partition));
        if (highWatermark > truth.end()) {
            violated(
                    Invariant.NOTHING_SERVED_BEYOND_DURABLE,
                    "%s tells of high watermark %d of %s, which ends at %d",
                    by,
                    highWatermark,
                    partition,
                    truth.end());
        }
        truth.toldUpTo(highWatermark);
        highWatermarks.merge(by + " " + partition, highWatermark, Math::max);
        if (highWatermark < toldBefore) {
            violated(
                    Invariant.HIGH_WATERMARK_NEVER_RETREATS,
                    "%s tells of high watermark %d of %s after %d",
                    by,
                    highWatermark,
                    partition,
                    toldBefore);
        }
    }

    /// How far any client knows the partition to reach: what a later "latest offset" must count.
    public long toldEnd(PartitionRef partition) {
        return truth(id(partition)).toldEnd();
    }

    /// Where the partition begins, as it is durable.
    public long durableStart(PartitionRef partition) {
        return truth(id(partition)).logStart();
    }

    /// End of what is durable of the partition.
    public long durableEnd(PartitionRef partition) {
        return truth(id(partition)).end();
    }

    /// A client was told the latest offset.
    ///
    /// @param toldBefore what clients knew when it asked
    public void latestOffset(PartitionRef partition, Incarnation by, long latest, long toldBefore) {
        highWatermark(partition, by, latest, 0);
        if (latest < toldBefore) {
            violated(
                    Invariant.LATEST_OFFSET_IS_FRESH,
                    "%s tells of latest offset %d of %s; clients knew of %d before this one asked",
                    by,
                    latest,
                    partition,
                    toldBefore);
        }
    }

    /// The highest log start that a client knows of.
    public long toldStart(PartitionRef partition) {
        return truth(id(partition)).toldStart();
    }

    /// A client was told where the log begins.
    ///
    /// @param knownBefore what a proven leader must know of, because clients knew it when this one asked;
    /// 0 if nothing was proven
    public void logStart(PartitionRef partition, Incarnation by, long logStart, long knownBefore) {
        PartitionTruth truth = truth(id(partition));
        if (logStart > truth.logStart()) {
            violated(
                    Invariant.LOG_START_IS_DURABLE,
                    "%s says that %s begins at %d; durable is %d",
                    by,
                    partition,
                    logStart,
                    truth.logStart());
        }
        if (logStart < knownBefore) {
            violated(
                    Invariant.LOG_START_NEVER_RETREATS,
                    "%s says that %s begins at %d; clients knew of %d before this one asked",
                    by,
                    partition,
                    logStart,
                    knownBefore);
        }
        truth.toldStart(logStart);
    }

    /// A client was told that an offset is out of range.
    ///
    /// @param toldBefore what clients knew when it asked
    public void outOfRange(PartitionRef partition, Incarnation by, long offset, long toldBefore) {
        if (offset <= toldBefore && offset >= truth(id(partition)).logStart()) {
            violated(
                    Invariant.OUT_OF_RANGE_IS_PROVEN,
                    "%s says that %d is out of range of %s, of which clients knew %d before this one asked",
                    by,
                    offset,
                    partition,
                    toldBefore);
        }
    }

    /// An epoch that has records of the partition, to ask for; any will do.
    public int someEpoch(PartitionRef partition, int any) {
        return truth(id(partition)).someEpoch(any);
    }

    /// A timestamp in the history of the partition, or somewhat beyond it.
    public long someTimestamp(PartitionRef partition, int any) {
        PartitionTruth truth = truth(id(partition));
        return truth.end() == 0 ? 0 : truth.timestampAt(Math.floorMod(any, truth.end())) + any % 3;
    }

    /// A client was told where an epoch ends (KIP-320). One that has read beyond would believe that the log was
    /// truncated.
    ///
    /// @param toldBefore what clients knew when it asked
    public void endOfEpoch(PartitionRef partition, Incarnation by, int epoch, long end, long toldBefore) {
        long known = Math.min(truth(id(partition)).endOfEpoch(epoch), toldBefore);
        if (end < known) {
            violated(
                    Invariant.NO_TRUNCATION_IS_FEIGNED,
                    "%s says that epoch %d of %s ends at %d; clients know of its records up to %d",
                    by,
                    epoch,
                    partition,
                    end,
                    known);
        }
    }

    /// A client was told which record is the first at or after a timestamp (KIP-79).
    ///
    /// @param found its offset, −1 for none
    /// @param foundTimestamp its timestamp
    /// @param toldBefore what clients knew when it asked
    /// @param startBefore the log start that clients knew when it asked; since then it may have grown
    public void firstAtOrAfter(
            PartitionRef partition,
            Incarnation by,
            long timestamp,
            long found,
            long foundTimestamp,
            long toldBefore,
            long startBefore) {
        PartitionTruth truth = truth(id(partition));
        long from = Math.max(startBefore, Math.min(found < 0 ? toldBefore : found, truth.logStart()));
        long first = truth.firstAtOrAfter(timestamp, from, toldBefore);
        long stays = firstThatStays(truth, timestamp, from, toldBefore);
        boolean right = found < 0
                ? stays == toldBefore
                : found >= first
                        && (found <= stays || stays == toldBefore)
                        && truth.timestampAt(found) == foundTimestamp
                        && foundTimestamp >= timestamp;
        if (!right) {
            violated(
                    Invariant.TIMESTAMPS_FIND_THE_FIRST_RECORD,
                    "%s says that the first record of %s at or after %d is %d (at %d); it is %d, and clients knew of %d",
                    by,
                    partition,
                    timestamp,
                    found,
                    foundTimestamp,
                    first,
                    toldBefore);
        }
    }

    // ---- the metalog

    /// A broker applied an entry.
    public void applied(String broker, int number, long checksum) {
        Long known = metalog.putIfAbsent(number, checksum);
        if (known != null && known != checksum) {
            violated(Invariant.ONE_METALOG, "%s applies another entry %d than others", broker, number);
        }
    }

    // ---- at the end

    /// All of a partition was read from its leader: is it what is durable?
    public void readBack(PartitionRef partition, long to) {
        PartitionTruth truth = truth(id(partition));
        if (to != truth.end()) {
            violated(
                    Invariant.NO_ACKNOWLEDGED_RECORD_LOST,
                    "%s can be read up to %d; durable is %d to %d, acknowledged up to %d",
                    partition,
                    to,
                    truth.logStart(),
                    truth.end(),
                    truth.acknowledgedEnd());
        }
    }

    private PartitionTruth truth(TopicPartitionId partition) {
        return partitions.computeIfAbsent(partition, _ -> new PartitionTruth());
    }

    private static TopicPartitionId id(PartitionRef partition) {
        return new TopicPartitionId(partition.topicId(), partition.partition());
    }
}
