// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import com.google.errorprone.annotations.CheckReturnValue;
import io.penstock.kafka.records.BatchHeader;
import io.penstock.log.format.ShardManifest.Part;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The bytes of a segment object.
///
/// ```
/// header      magic 4 · version 2 · key id 2 · length of the id 4 · id · CRC32C of all these 4
/// batches     partition by partition, in offset order
/// indexes     per partition: number of rows 4 · rows · CRC32C of these 4
///             row: base offset 8 · position 4 · largest timestamp of the batches up to the next row 8
/// directory   number of partitions 4 · rows · CRC32C of these 4
///             row: topic id 16 · partition 4 · base offset 8 · last offset 8 · records 8 · largest
/// timestamp 8                  · position 4 · size 4 · position of the index 4 · its size 4 · CRC32C of the
/// batches 4 trailer     position of the directory 4 · its size 4 · CRC32C of everything before 4 · end
/// magic 4
/// ```
public final class SegmentLayout {
    /// Bytes of batches between two rows of an index.
    static final int INDEX_INTERVAL = 32 << 10;

    static final int TRAILER_SIZE = 16;

    private static final int END_MAGIC = 0x47535350; // "GSSP"
    private static final int INDEX_ROW_SIZE = 20;
    private static final int DIRECTORY_ROW_SIZE = 72;

    private SegmentLayout() {}

    /// @param position in the object of the batch that begins with the base offset
    public record IndexRow(long baseOffset, int position, long maxTimestamp) {}

    /// A whole segment, ready to be put.
    ///
    /// @param parts what the manifest says of it
    public record Built(String id, ByteBuffer bytes, SortedMap<TopicPartitionId, Part> parts) {}

    /// Builds one segment. Partitions come one after the other, each one's batches in offset order.
    public static final class Builder {
        private static final class Share {
            long baseOffset;
            long lastOffset;
            long records;
            long maxTimestamp = -1;
            int position;
            int size;
            int checksum;
            final List<IndexRow> index = new ArrayList<>();
        }

        private final String id;
        private final FieldWriter out;
        private final int headerChecksum;
        private final SortedMap<TopicPartitionId, Share> shares = new TreeMap<>();
        private Share current = new Share();
        private int rowStart;

        public Builder(String id, int expectedSize) {
            this.id = id;
            this.out = new FieldWriter(expectedSize + 4096);
            out.i32(Magic.SEGMENT.number())
                    .i16(Magic.SEGMENT.version())
                    .i16(Sections.NO_KEY)
                    .text(id)
                    .checksumSince(0);
            headerChecksum = out.checksum(0);
        }

        /// Bytes so far.
        public int size() {
            return out.size();
        }

        public boolean isEmpty() {
            return shares.isEmpty();
        }

        /// Adds a batch; its offsets must be above those of the partition's batch before.
        ///
        /// @param row what is known of it; its position is ignored
        public void add(BatchIndex row, ByteBuffer batch) {
            add(row.topicPartition(), row.baseOffset(), row.lastOffset(), row.recordCount(), row.maxTimestamp(), batch);
        }

        /// Adds a batch; its offsets must be above those of the partition's batch before.
        public void add(
                TopicPartitionId partition,
                long baseOffset,
                long lastOffset,
                long records,
                long maxTimestamp,
                ByteBuffer batch) {
            Share share = begin(partition, baseOffset, maxTimestamp);
            int position = out.size();
            out.bytes(batch);
            end(share, out.checksum(position), batch.remaining(), lastOffset, records, maxTimestamp);
        }

        /// Adds a batch that may have been damaged: looks at each byte once, for its own checksum and for ours.
        ///
        /// @return whether the batch's CRC is right; if not, the segment is good for nothing
        @CheckReturnValue
        public boolean addChecked(TopicPartitionId partition, BatchHeader header, ByteBuffer from) {
            Share share = begin(partition, header.baseOffset(), header.maxTimestamp());
            int position = out.size();
            out.bytes(from.slice(header.position(), BatchHeader.CHECKED_FROM));
            int head = out.checksum(position);
            int checked = out.size();
            int size = header.sizeInBytes() - BatchHeader.CHECKED_FROM;
            out.bytes(from.slice(header.position() + BatchHeader.CHECKED_FROM, size));
            int rest = out.checksum(checked);
            end(
                    share,
                    Checksum.combined(head, rest, size),
                    header.sizeInBytes(),
                    header.lastOffset(),
                    header.recordCount(),
                    header.maxTimestamp());
            return rest == header.crcIn(from);
        }

        private Share begin(TopicPartitionId partition, long baseOffset, long maxTimestamp) {
            Share share = shares.get(partition);
            if (share == null) {
                endShare();
                share = new Share();
                share.baseOffset = baseOffset;
                share.position = out.size();
                shares.put(partition, share);
                current = share;
            } else if (share != current || share.lastOffset >= baseOffset) {
                throw new IllegalStateException("batch at " + baseOffset + " of " + partition + " does not follow "
                        + share.lastOffset + " in segment " + id);
            }
            if (share.index.isEmpty() || out.size() - rowStart >= INDEX_INTERVAL) {
                rowStart = out.size();
                share.index.add(new IndexRow(baseOffset, rowStart, maxTimestamp));
            } else if (share.index.getLast().maxTimestamp() < maxTimestamp) {
                IndexRow last = share.index.removeLast();
                share.index.add(new IndexRow(last.baseOffset(), last.position(), maxTimestamp));
            }
            return share;
        }

        private static void end(Share share, int checksum, int size, long lastOffset, long records, long maxTimestamp) {
            share.checksum = Checksum.combined(share.checksum, checksum, size);
            share.lastOffset = lastOffset;
            share.records += records;
            share.maxTimestamp = Math.max(share.maxTimestamp, maxTimestamp);
        }

        private void endShare() {
            if (!shares.isEmpty()) {
                current.size = out.size() - current.position;
            }
        }

        public Built build() {
            endShare();
            int batchesEnd = out.size();
            SortedMap<TopicPartitionId, Part> parts = new TreeMap<>();
            shares.forEach((partition, share) -> {
                int indexPosition = out.size();
                out.i32(share.index.size());
                for (IndexRow row : share.index) {
                    out.i64(row.baseOffset()).i32(row.position()).i64(row.maxTimestamp());
                }
                out.checksumSince(indexPosition);
                parts.put(
                        partition,
                        new Part(
                                id,
                                share.baseOffset,
                                share.lastOffset,
                                share.records,
                                share.maxTimestamp,
                                share.position,
                                share.size,
                                indexPosition,
                                out.size() - indexPosition));
            });
            int directory = out.size();
            out.i32(parts.size());
            parts.forEach((partition, part) -> out.topicPartition(partition)
                    .i64(part.baseOffset())
                    .i64(part.lastOffset())
                    .i64(part.records())
                    .i64(part.maxTimestamp())
                    .i32(part.position())
                    .i32(part.size())
                    .i32(part.indexPosition())
                    .i32(part.indexSize())
                    .i32(share(partition).checksum));
            out.checksumSince(directory);
            out.i32(directory).i32(out.size() - 4 - directory);
            out.i32(whole(batchesEnd)).i32(END_MAGIC);
            return new Built(id, out.finish(), parts);
        }

        /// Of everything so far, without looking at the batches again.
        private int whole(int batchesEnd) {
            int checksum = headerChecksum;
            List<Share> inOrder = new ArrayList<>(shares.values());
            inOrder.sort(Comparator.comparingInt(share -> share.position));
            for (Share share : inOrder) {
                checksum = Checksum.combined(checksum, share.checksum, share.size);
            }
            return Checksum.combined(checksum, out.checksum(batchesEnd), out.size() - batchesEnd);
        }

        private Share share(TopicPartitionId partition) {
            Share share = shares.get(partition);
            if (share == null) {
                throw new IllegalStateException("no share of " + partition);
            }
            return share;
        }
    }

    /// @param bytes exactly one partition's index
    /// @throws CorruptObject if it is damaged
    public static List<IndexRow> decodeIndex(String segment, ByteBuffer bytes) {
        String object = "segment " + segment;
        if (bytes.remaining() < 8) {
            throw new CorruptObject(object, "an index of " + bytes.remaining() + " bytes");
        }
        ByteBuffer index = bytes.slice();
        Checksum.check(index, 0, index.limit() - 4, index.getInt(index.limit() - 4), object, "index");
        FieldReader in = new FieldReader(index.slice(0, index.limit() - 4), object);
        List<IndexRow> rows = new ArrayList<>();
        for (int left = in.count(INDEX_ROW_SIZE); left > 0; left--) {
            rows.add(new IndexRow(in.i64(), in.i32(), in.i64()));
        }
        in.end();
        return rows;
    }

    /// Decodes a whole segment and checks every checksum.
    ///
    /// @throws CorruptObject if it is damaged, or another one
    public static SortedMap<TopicPartitionId, Part> decode(String segment, ByteBuffer bytes) {
        String object = "segment " + segment;
        ByteBuffer all = bytes.slice();
        FieldReader header = new FieldReader(all, object);
        Sections.readMagic(Magic.SEGMENT, header);
        String id = header.text();
        if (!id.equals(segment)) {
            throw header.corrupt("holds segment " + id);
        }
        int size = all.limit();
        if (size < TRAILER_SIZE || all.getInt(size - 4) != END_MAGIC) {
            throw header.corrupt("does not end like a segment");
        }
        Checksum.check(all, 0, size - 8, all.getInt(size - 8), object, "whole");
        int directory = all.getInt(size - TRAILER_SIZE);
        int directorySize = all.getInt(size - TRAILER_SIZE + 4);
        if (directory < 0 || directorySize < 8 || (long) directory + directorySize + TRAILER_SIZE != size) {
            throw header.corrupt("directory of " + directorySize + " bytes at " + directory);
        }
        FieldReader in = new FieldReader(all.slice(directory, directorySize - 4), object);
        SortedMap<TopicPartitionId, Part> parts = new TreeMap<>();
        for (int left = in.count(DIRECTORY_ROW_SIZE); left > 0; left--) {
            TopicPartitionId partition = in.topicPartition();
            Part part = new Part(id, in.i64(), in.i64(), in.i64(), in.i64(), in.i32(), in.i32(), in.i32(), in.i32());
            Checksum.check(all, part.position(), part.size(), in.i32(), object, "share of " + partition);
            decodeIndex(segment, all.slice(part.indexPosition(), part.indexSize()));
            parts.put(partition, part);
        }
        in.end();
        return parts;
    }
}
