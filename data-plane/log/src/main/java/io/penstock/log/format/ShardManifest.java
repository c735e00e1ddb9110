// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;

/// What a shard consists of. Its only writer is the shard's leader, fenced by the epoch in here; changed by
/// compare-and-set.
///
/// @param epoch of the leader that wrote it: a lower one must not write it any more
/// @param version grows with every write
/// @param nonce with the version it keeps bytes from ever repeating, so that an ETag cannot lie
/// @param checkpoint every epoch below it is closed; `tails` says where each ended
/// @param attempt the open attempt: segments and snapshots of this number may have been put and not be named here
/// @param abandoned attempts of leaders that went away: whatever they put and no manifest names is garbage
/// @param tails per WAL generation that the shard was written to: how far it is folded into segments
/// @param partitions those that have records, or had
/// @param dropped topics that were deleted; their data stay for a while
/// @param producerSnapshot id of the newest producer snapshot
public record ShardManifest(
        ShardId shard,
        LeaderEpoch epoch,
        long version,
        Nonce nonce,
        LeaderEpoch checkpoint,
        Attempt attempt,
        List<Attempt> abandoned,
        List<Tail> tails,
        SortedMap<TopicPartitionId, Partition> partitions,
        SortedSet<Uuid> dropped,
        Optional<String> producerSnapshot) {
    public ShardManifest {
        abandoned = List.copyOf(abandoned);
        tails = List.copyOf(tails);
        partitions = Collections.unmodifiableSortedMap(new TreeMap<>(partitions));
        dropped = Collections.unmodifiableSortedSet(new TreeSet<>(dropped));
        if (checkpoint.compareTo(epoch) > 0) {
            throw new IllegalArgumentException("checkpoint " + checkpoint + " beyond epoch " + epoch);
        }
    }

    /// The manifest of a shard that nobody has opened yet.
    public static ShardManifest empty(ShardId shard, LeaderEpoch epoch, Nonce nonce) {
        return new ShardManifest(
                shard,
                epoch,
                0,
                nonce,
                epoch,
                new Attempt(epoch, 0),
                List.of(),
                List.of(),
                new TreeMap<>(),
                new TreeSet<>(),
                Optional.empty());
    }

    /// A round of consolidation: numbered within its leader epoch.
    public record Attempt(LeaderEpoch epoch, long number) {
        /// What the ids of everything it puts begin with.
        public String idPrefix(ShardId shard) {
            return shard + "-" + epoch + "-" + number + "-";
        }
    }

    /// A generation of a WAL, as this shard sees it.
    ///
    /// @param position every batch and control entry of the shard in slots below it is folded into this manifest
    /// @param end one beyond the last slot that may hold anything of the shard's closed epochs: the slot of
    /// the seal, or one more than that of the hand-off. Empty as long as nobody closed it
    public record Tail(Incarnation incarnation, int generation, long position, OptionalLong end) {
        public Tail {
            if (generation < 0 || position < 0) {
                throw new IllegalArgumentException("not a tail: generation " + generation + ", position " + position);
            }
        }

        /// Whether slots remain that a recovery has to read.
        public boolean unread() {
            return end.isPresent() && position < end.getAsLong();
        }
    }

    /// One partition's share.
    ///
    /// @param endOffset one beyond the last offset that segments hold
    /// @param epochs first offset of each leader epoch that has records, ascending
    /// @param segments in offset order, without gaps
    public record Partition(long logStartOffset, long endOffset, List<EpochStartOffset> epochs, List<Part> segments) {
        public Partition {
            epochs = List.copyOf(epochs);
            segments = List.copyOf(segments);
        }
    }

    /// @param offset of the first record that this epoch's leader appended
    public record EpochStartOffset(int epoch, long offset) {}

    /// One partition's part of one segment object.
    ///
    /// @param lastOffset of the last batch
    /// @param records in it, counted: consolidation may lose none
    /// @param position of its first byte in the object
    /// @param indexPosition of its index in the object
    public record Part(
            String segment,
            long baseOffset,
            long lastOffset,
            long records,
            long maxTimestamp,
            int position,
            int size,
            int indexPosition,
            int indexSize) {}

    /// How far the shard is folded in that generation; 0 if it was never written to, as far as this manifest knows.
    public long position(Incarnation incarnation, int generation) {
        for (Tail tail : tails) {
            if (tail.incarnation().equals(incarnation) && tail.generation() == generation) {
                return tail.position();
            }
        }
        return 0;
    }

    public ByteBuffer encode() {
        FieldWriter identity = new FieldWriter()
                .i32(shard.number())
                .i32(epoch.number())
                .i64(version)
                .i64(nonce.high())
                .i64(nonce.low())
                .i32(checkpoint.number());
        FieldWriter attempts = new FieldWriter();
        write(attempt, attempts);
        attempts.i32(abandoned.size());
        abandoned.forEach(one -> write(one, attempts));
        FieldWriter wal = new FieldWriter().i32(tails.size());
        for (Tail tail : tails) {
            wal.incarnation(tail.incarnation())
                    .i32(tail.generation())
                    .i64(tail.position())
                    .i64(tail.end().orElse(-1));
        }
        Map<String, Integer> segmentNumbers = new LinkedHashMap<>();
        FieldWriter body = new FieldWriter(partitions.size() * 100).i32(partitions.size());
        partitions.forEach((id, partition) -> write(id, partition, segmentNumbers, body));
        FieldWriter segments = new FieldWriter().i32(segmentNumbers.size());
        segmentNumbers.keySet().forEach(segments::text);
        FieldWriter rest = new FieldWriter().i32(dropped.size());
        dropped.forEach(rest::uuid);
        rest.bool(producerSnapshot.isPresent());
        producerSnapshot.ifPresent(rest::text);
        return Sections.write(Magic.MANIFEST, List.of(identity, attempts, wal, segments, body, rest));
    }

    private static void write(Attempt attempt, FieldWriter out) {
        out.i32(attempt.epoch().number()).i64(attempt.number());
    }

    private static void write(
            TopicPartitionId id, Partition partition, Map<String, Integer> segmentNumbers, FieldWriter out) {
        out.topicPartition(id)
                .i64(partition.logStartOffset())
                .i64(partition.endOffset())
                .i32(partition.epochs().size());
        for (EpochStartOffset start : partition.epochs()) {
            out.i32(start.epoch()).i64(start.offset());
        }
        out.i32(partition.segments().size());
        for (Part part : partition.segments()) {
            Integer known = segmentNumbers.get(part.segment());
            int number = known == null ? segmentNumbers.size() : known;
            segmentNumbers.putIfAbsent(part.segment(), number);
            out.i32(number)
                    .i64(part.baseOffset())
                    .i64(part.lastOffset())
                    .i64(part.records())
                    .i64(part.maxTimestamp())
                    .i32(part.position())
                    .i32(part.size())
                    .i32(part.indexPosition())
                    .i32(part.indexSize());
        }
    }

    /// @throws CorruptObject if it is damaged, or another shard's
    public static ShardManifest decode(ShardId shard, ByteBuffer bytes) {
        String object = "manifest of shard " + shard;
        Sections.Read read = Sections.read(Magic.MANIFEST, bytes, object, 6);
        FieldReader identity = read.section(0);
        ShardId own = identity.shard();
        if (!own.equals(shard)) {
            throw identity.corrupt("holds the manifest of shard " + own);
        }
        LeaderEpoch epoch = identity.epoch();
        long version = identity.i64();
        Nonce nonce = new Nonce(identity.i64(), identity.i64());
        LeaderEpoch checkpoint = identity.epoch();
        identity.end();
        FieldReader attempts = read.section(1);
        Attempt attempt = readAttempt(attempts);
        List<Attempt> abandoned = new ArrayList<>();
        for (int left = attempts.count(12); left > 0; left--) {
            abandoned.add(readAttempt(attempts));
        }
        attempts.end();
        FieldReader segments = read.section(3);
        List<String> segmentIds = new ArrayList<>();
        for (int left = segments.count(4); left > 0; left--) {
            segmentIds.add(segments.text());
        }
        segments.end();
        SortedMap<TopicPartitionId, Partition> partitions = readPartitions(read.section(4), segmentIds);
        FieldReader rest = read.section(5);
        Set<Uuid> dropped = new TreeSet<>();
        for (int left = rest.count(16); left > 0; left--) {
            dropped.add(rest.uuid());
        }
        Optional<String> snapshot = rest.bool() ? Optional.of(rest.text()) : Optional.empty();
        rest.end();
        List<Tail> tails = readTails(read.section(2));
        return identity.sane(() -> new ShardManifest(
                shard,
                epoch,
                version,
                nonce,
                checkpoint,
                attempt,
                abandoned,
                tails,
                partitions,
                new TreeSet<>(dropped),
                snapshot));
    }

    private static Attempt readAttempt(FieldReader in) {
        return new Attempt(in.epoch(), in.i64());
    }

    private static List<Tail> readTails(FieldReader in) {
        List<Tail> tails = new ArrayList<>();
        for (int left = in.count(36); left > 0; left--) {
            Incarnation incarnation = in.incarnation();
            int generation = in.i32();
            long position = in.i64();
            long end = in.i64();
            tails.add(in.sane(() -> new Tail(
                    incarnation, generation, position, end < 0 ? OptionalLong.empty() : OptionalLong.of(end))));
        }
        in.end();
        return tails;
    }

    private static SortedMap<TopicPartitionId, Partition> readPartitions(FieldReader in, List<String> segmentIds) {
        SortedMap<TopicPartitionId, Partition> partitions = new TreeMap<>();
        for (int left = in.count(44); left > 0; left--) {
            TopicPartitionId id = in.topicPartition();
            long logStart = in.i64();
            long end = in.i64();
            List<EpochStartOffset> epochs = new ArrayList<>();
            for (int more = in.count(12); more > 0; more--) {
                epochs.add(new EpochStartOffset(in.i32(), in.i64()));
            }
            List<Part> parts = new ArrayList<>();
            for (int more = in.count(52); more > 0; more--) {
                int number = in.i32();
                if (number < 0 || number >= segmentIds.size()) {
                    throw in.corrupt("segment number " + number + " of " + segmentIds.size());
                }
                parts.add(new Part(
                        segmentIds.get(number),
                        in.i64(),
                        in.i64(),
                        in.i64(),
                        in.i64(),
                        in.i32(),
                        in.i32(),
                        in.i32(),
                        in.i32()));
            }
            partitions.put(id, new Partition(logStart, end, epochs, parts));
        }
        in.end();
        return partitions;
    }
}
