// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.manifest;

import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.ShardManifest.Condemned;
import io.penstock.log.format.ShardManifest.ObjectKind;
import io.penstock.log.format.ShardManifest.PageRef;
import io.penstock.log.format.ShardManifest.Part;
import io.penstock.log.format.ShardManifest.Partition;
import io.penstock.log.format.TopicPartitionId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Finds what a change of a manifest leaves without a name, and notes it there as condemned: so that it is
/// deleted in the end, whoever leads then, and not before its grace. Pure.
final class Condemning {
    private Condemning() {}

    /// @param deleted condemned objects that are gone: they leave the list
    /// @return the manifest to be written instead of `next`
    static ShardManifest condemned(ShardManifest before, ShardManifest next, long nowMillis, Set<Condemned> deleted) {
        List<Condemned> condemned = new ArrayList<>(next.condemned());
        condemned.removeAll(deleted);
        before.producerSnapshot()
                .filter(id -> !next.producerSnapshot().equals(before.producerSnapshot()))
                .ifPresent(id -> condemned.add(new Condemned(ObjectKind.PRODUCER_SNAPSHOT, id, nowMillis)));
        Set<String> segments = new TreeSet<>();
        for (Map.Entry<TopicPartitionId, Partition> entry : before.partitions().entrySet()) {
            Partition was = entry.getValue();
            Partition is = next.partitions().get(entry.getKey());
            if (!was.equals(is)) {
                dropped(was, is, segments, condemned, nowMillis);
            }
        }
        if (!segments.isEmpty()) {
            for (Partition partition : next.partitions().values()) {
                partition.segments().forEach(part -> segments.remove(part.segment()));
            }
            segments.forEach(id -> condemned.add(new Condemned(ObjectKind.SEGMENT, id, nowMillis)));
        }
        return condemned.equals(next.condemned()) ? next : next.withCondemned(condemned);
    }

    private static void dropped(
            Partition was, @Nullable Partition is, Set<String> segments, List<Condemned> condemned, long nowMillis) {
        Set<Part> parts = is == null ? Set.of() : new HashSet<>(is.segments());
        List<PageRef> pages = is == null ? List.of() : is.pages();
        for (Part part : was.segments()) {
            if (!parts.contains(part) && pages.stream().noneMatch(page -> holds(page, part))) {
                segments.add(part.segment());
            }
        }
        for (PageRef page : was.pages()) {
            if (!pages.contains(page)) {
                condemned.add(new Condemned(ObjectKind.PARTS_PAGE, page.id(), nowMillis));
            }
        }
    }

    private static boolean holds(PageRef page, Part part) {
        return page.baseOffset() <= part.baseOffset() && part.lastOffset() <= page.lastOffset();
    }
}
