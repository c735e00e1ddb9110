// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import io.penstock.log.format.ShardManifest.PageRef;
import io.penstock.log.format.ShardManifest.Part;
import io.penstock.objectstore.layout.ShardId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Some of one partition's parts, taken out of the manifest so that this stays small. Write-once.
///
/// @param parts in offset order, at least one
public record PartsPage(ShardId shard, String id, TopicPartitionId partition, List<Part> parts) {
    public PartsPage {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a page without parts");
        }
    }

    /// What a manifest says of it.
    public PageRef ref() {
        long records = 0;
        long bytes = 0;
        long maxTimestamp = Long.MIN_VALUE;
        for (Part part : parts) {
            records += part.records();
            bytes += part.size();
            maxTimestamp = Math.max(maxTimestamp, part.maxTimestamp());
        }
        return new PageRef(
                id,
                parts.getFirst().baseOffset(),
                parts.getLast().lastOffset(),
                parts.size(),
                records,
                bytes,
                maxTimestamp);
    }

    public ByteBuffer encode() {
        FieldWriter identity = new FieldWriter().i32(shard.number()).text(id).topicPartition(partition);
        PartsCodec.Writer writer = new PartsCodec.Writer();
        FieldWriter list = new FieldWriter(parts.size() * 16);
        writer.write(parts, list);
        return Sections.write(Magic.PARTS_PAGE, List.of(identity, writer.segmentIds(), list));
    }

    /// @throws CorruptObject if it is damaged, or another one
    public static PartsPage decode(String id, ByteBuffer bytes) {
        String object = "page " + id;
        Sections.Read read = Sections.read(Magic.PARTS_PAGE, bytes, object, 3);
        FieldReader identity = read.section(0);
        ShardId shard = identity.shard();
        String ownId = identity.text();
        if (!ownId.equals(id)) {
            throw identity.corrupt("holds page " + ownId);
        }
        TopicPartitionId partition = identity.topicPartition();
        identity.end();
        FieldReader segments = read.section(1);
        List<String> segmentIds = new ArrayList<>();
        for (int left = segments.count(4); left > 0; left--) {
            segmentIds.add(segments.text());
        }
        segments.end();
        FieldReader list = read.section(2);
        List<Part> parts = new PartsCodec.Reader(segmentIds).read(list);
        list.end();
        return list.sane(() -> new PartsPage(shard, id, partition, parts));
    }
}
