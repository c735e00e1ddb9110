// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/// What a shard consists of. Its only writer is the shard's leader, fenced by the epoch in here; changed by
/// compare-and-set.
///
/// @param epoch of the leader that wrote it: a lower one must not write it any more
/// @param version grows with every write
/// @param nonce with the version it keeps bytes from ever repeating, so that an ETag cannot lie
/// @param checkpoint every epoch below it is closed; `tails` says where each ended
/// @param attempt the open attempt: segments and snapshots of this number may have been put and not be named
/// here
/// @param abandoned attempts of leaders that went away: whatever they put and no manifest names is garbage
/// @param tails per WAL generation that the shard was written to: how far it is folded into segments
/// @param partitions those that have records, or had
/// @param dropped topics that were deleted, each with the wall clock's milliseconds when that was folded in
/// (0: not known); their data stay for a while
/// @param producerSnapshot id of the newest producer snapshot
/// @param condemned objects that no part, page or snapshot of this manifest names any more, and that are not
/// deleted yet
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
        SortedMap<Uuid, Long> dropped,
        Optional<String> producerSnapshot,
        List<Condemned> condemned) {
    public ShardManifest {
        abandoned = List.copyOf(abandoned);
        condemned = List.copyOf(condemned);
        tails = List.copyOf(tails);
        partitions = Collections.unmodifiableSortedMap(new TreeMap<>(partitions));
        dropped = Collections.unmodifiableSortedMap(new TreeMap<>(dropped));
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
                new TreeMap<>(),
                Optional.empty(),
                List.of());
    }

    /// The same with another writer's stamp.
    public ShardManifest stamped(long newVersion, Nonce newNonce) {
        return new ShardManifest(
                shard,
                epoch,
                newVersion,
                newNonce,
                checkpoint,
                attempt,
                abandoned,
                tails,
                partitions,
                dropped,
                producerSnapshot,
                condemned);
    }

    /// The same, taken over by the leader of a later epoch: its attempts begin anew, the one that was open is
    /// abandoned.
    public ShardManifest takenAt(LeaderEpoch newEpoch, List<Attempt> nowAbandoned, List<Tail> newTails) {
        return new ShardManifest(
                shard,
                newEpoch,
                version,
                nonce,
                newEpoch,
                new Attempt(newEpoch, 0),
                nowAbandoned,
                newTails,
                partitions,
                dropped,
                producerSnapshot,
                condemned);
    }

    /// The same with the next attempt open: what the one before has put is named by now, or garbage.
    public ShardManifest withNextAttempt() {
        return withAttempts(new Attempt(attempt.epoch(), attempt.number() + 1), abandoned);
    }

    /// The same with the open attempt given up: whatever it has put and no manifest names is garbage.
    public ShardManifest withAttemptAborted() {
        List<Attempt> aborted = new ArrayList<>(abandoned);
        aborted.add(attempt);
        return withAttempts(new Attempt(attempt.epoch(), attempt.number() + 1), aborted);
    }

    /// The same with other attempts, open and abandoned.
    public ShardManifest withAttempts(Attempt open, List<Attempt> nowAbandoned) {
        return new ShardManifest(
                shard,
                epoch,
                version,
                nonce,
                checkpoint,
                open,
                nowAbandoned,
                tails,
                partitions,
                dropped,
                producerSnapshot,
                condemned);
    }

    /// The same with other tails.
    public ShardManifest withTails(List<Tail> newTails) {
        return new ShardManifest(
                shard,
                epoch,
                version,
                nonce,
                checkpoint,
                attempt,
                abandoned,
                newTails,
                partitions,
                dropped,
                producerSnapshot,
                condemned);
    }

    /// The same with other partitions.
    public ShardManifest withPartitions(SortedMap<TopicPartitionId, Partition> newPartitions) {
        return new ShardManifest(
                shard,
                epoch,
                version,
                nonce,
                checkpoint,
                attempt,
                abandoned,
                tails,
                newPartitions,
                dropped,
                producerSnapshot,
                condemned);
    }

    /// The same with other dropped topics.
    public ShardManifest withDropped(SortedMap<Uuid, Long> newDropped) {
        return new ShardManifest(
                shard,
                epoch,
                version,
                nonce,
                checkpoint,
                attempt,
                abandoned,
                tails,
                partitions,
                newDropped,
                producerSnapshot,
                condemned);
    }

    /// The same with another producer snapshot.
    public ShardManifest withProducerSnapshot(Optional<String> newSnapshot) {
        return new ShardManifest(
                shard,
                epoch,
                version,
                nonce,
                checkpoint,
                attempt,
                abandoned,
                tails,
                partitions,
                dropped,
                newSnapshot,
                condemned);
    }

    /// The same with another list of what is to be deleted.
    public ShardManifest withCondemned(List<Condemned> newCondemned) {
        return new ShardManifest(
                shard,
                epoch,
                version,
                nonce,
                checkpoint,
                attempt,
                abandoned,
                tails,
                partitions,
                dropped,
                producerSnapshot,
                newCondemned);
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
    /// @param position every batch and control entry of the shard in slots below it is folded into this
    /// manifest
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

    /// What an object is that is to be deleted.
    public enum ObjectKind {
        SEGMENT(0),
        PRODUCER_SNAPSHOT(1),
        PARTS_PAGE(2);

        private final int code;

        ObjectKind(int code) {
            this.code = code;
        }

        private static ObjectKind of(int code) {
            for (ObjectKind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("an object of kind " + code);
        }
    }

    /// An object that nobody needs any more. It stays a while: readers may be on their way to it, and people
    /// may want it
    /// back.
    ///
    /// @param sinceMillis wall clock when it was condemned
    public record Condemned(ObjectKind kind, String id, long sinceMillis) {}

    /// One partition's share.
    ///
    /// @param logStartOffset records below it are gone; only grows
    /// @param endOffset one beyond the last offset that is folded: in a segment, unless it was dropped for good
    /// @param epochs first offset of each leader epoch that has records, ascending
    /// @param pages where the oldest parts are listed, in offset order: they come before all of `segments`
    /// @param segments the newer parts, in offset order; none ends below the log start; sparse where they
    /// were cleaned
    /// @param cleanedBelow of each key at most one record is left below it; 0: nothing was ever cleaned
    public record Partition(
            long logStartOffset,
            long endOffset,
            List<EpochStartOffset> epochs,
            List<PageRef> pages,
            List<Part> segments,
            long cleanedBelow) {
        public Partition {
            epochs = List.copyOf(epochs);
            pages = List.copyOf(pages);
            segments = List.copyOf(segments);
        }

        /// One that was never cleaned.
        public Partition(
                long logStartOffset,
                long endOffset,
                List<EpochStartOffset> epochs,
                List<PageRef> pages,
                List<Part> segments) {
            this(logStartOffset, endOffset, epochs, pages, segments, 0);
        }

        /// The same with other parts in the manifest itself.
        public Partition withSegments(List<Part> newSegments) {
            return new Partition(logStartOffset, endOffset, epochs, pages, newSegments, cleanedBelow);
        }

        /// The same with other pages.
        public Partition withPages(List<PageRef> newPages) {
            return new Partition(logStartOffset, endOffset, epochs, newPages, segments, cleanedBelow);
        }

        /// The same, cleaned so far.
        public Partition withCleanedBelow(long offset) {
            return new Partition(logStartOffset, endOffset, epochs, pages, segments, offset);
        }
    }

    /// A page of parts: an object that lists some of one partition's parts, so that the manifest need not
    /// ([PartsPage]).
    ///
    /// @param baseOffset of its first part
    /// @param lastOffset of its last part
    /// @param parts how many
    /// @param records in all of them
    /// @param bytes of batches in all of them
    /// @param maxTimestamp of all of them
    public record PageRef(
            String id, long baseOffset, long lastOffset, int parts, long records, long bytes, long maxTimestamp) {}

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

    /// How far the shard is folded in that generation; 0 if it was never written to, as far as this manifest
    /// knows.
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
        PartsCodec.Writer parts = new PartsCodec.Writer();
        FieldWriter body = new FieldWriter(partitions.size() * 64);
        writePartitions(parts, body);
        FieldWriter rest = new FieldWriter().i32(dropped.size());
        dropped.forEach((topic, since) -> rest.uuid(topic).i64(since));
        rest.bool(producerSnapshot.isPresent());
        producerSnapshot.ifPresent(rest::text);
        rest.i32(condemned.size());
        for (Condemned one : condemned) {
            rest.u8(one.kind().code).text(one.id()).i64(one.sinceMillis());
        }
        return Sections.write(Magic.MANIFEST, List.of(identity, attempts, wal, parts.segmentIds(), body, rest));
    }

    private void writePartitions(PartsCodec.Writer parts, FieldWriter out) {
        out.varint(partitions.size());
        Uuid topic = Uuid.ZERO_UUID;
        for (Map.Entry<TopicPartitionId, Partition> entry : partitions.entrySet()) {
            TopicPartitionId id = entry.getKey();
            Partition partition = entry.getValue();
            boolean another = !id.topicId().equals(topic);
            out.bool(another);
            if (another) {
                topic = id.topicId();
                out.uuid(topic);
            }
            out.varint(id.partition())
                    .varint(partition.logStartOffset())
                    .varint(partition.endOffset())
                    .varint(partition.cleanedBelow())
                    .varint(partition.epochs().size());
            for (EpochStartOffset start : partition.epochs()) {
                out.varint(start.epoch()).varint(start.offset());
            }
            out.varint(partition.pages().size());
            for (PageRef page : partition.pages()) {
                out.text(page.id())
                        .varint(page.baseOffset())
                        .varint(page.lastOffset())
                        .varint(page.parts())
                        .varint(page.records())
                        .varint(page.bytes())
                        .signedVarint(page.maxTimestamp());
            }
            parts.write(partition.segments(), out);
        }
    }

    private static void write(Attempt attempt, FieldWriter out) {
        out.i32(attempt.epoch().number()).i64(attempt.number());
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
        SortedMap<TopicPartitionId, Partition> partitions = read.version() == 1
                ? readPartitions1(read.section(4), segmentIds)
                : readPartitions(read.section(4), new PartsCodec.Reader(segmentIds));
        FieldReader rest = read.section(5);
        SortedMap<Uuid, Long> dropped = new TreeMap<>();
        for (int left = rest.count(16); left > 0; left--) {
            dropped.put(rest.uuid(), read.version() == 1 ? 0 : rest.i64());
        }
        Optional<String> snapshot = rest.bool() ? Optional.of(rest.text()) : Optional.empty();
        List<Condemned> condemned = read.version() == 1 ? List.of() : readCondemned(rest);
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
                dropped,
                snapshot,
                condemned));
    }

    private static List<Condemned> readCondemned(FieldReader in) {
        List<Condemned> condemned = new ArrayList<>();
        for (int left = in.count(13); left > 0; left--) {
            int code = in.u8();
            condemned.add(new Condemned(in.sane(() -> ObjectKind.of(code)), in.text(), in.i64()));
        }
        return condemned;
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

    private static SortedMap<TopicPartitionId, Partition> readPartitions(FieldReader in, PartsCodec.Reader parts) {
        SortedMap<TopicPartitionId, Partition> partitions = new TreeMap<>();
        Uuid topic = Uuid.ZERO_UUID;
        for (int left = in.varcount(8); left > 0; left--) {
            if (in.bool()) {
                topic = in.uuid();
            }
            Uuid topicId = topic;
            int number = in.varint31();
            TopicPartitionId id = in.sane(() -> new TopicPartitionId(topicId, number));
            long logStart = in.varint();
            long end = in.varint();
            long cleanedBelow = in.varint();
            List<EpochStartOffset> epochs = new ArrayList<>();
            for (int more = in.varcount(2); more > 0; more--) {
                epochs.add(new EpochStartOffset(in.varint31(), in.varint()));
            }
            List<PageRef> pages = new ArrayList<>();
            for (int more = in.varcount(10); more > 0; more--) {
                pages.add(new PageRef(
                        in.text(),
                        in.varint(),
                        in.varint(),
                        in.varint31(),
                        in.varint(),
                        in.varint(),
                        in.signedVarint()));
            }
            partitions.put(id, new Partition(logStart, end, epochs, pages, parts.read(in), cleanedBelow));
        }
        in.end();
        return partitions;
    }

    private static SortedMap<TopicPartitionId, Partition> readPartitions1(FieldReader in, List<String> segmentIds) {
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
            partitions.put(id, new Partition(logStart, end, epochs, List.of(), parts));
        }
        in.end();
        return partitions;
    }
}
