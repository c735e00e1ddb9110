// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.kafka.cleaning.TopicPolicy;
import io.penstock.log.LogRuntime;
import io.penstock.log.TopicPolicies;
import io.penstock.log.format.PartsPage;
import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.ShardManifest.Condemned;
import io.penstock.log.format.ShardManifest.ObjectKind;
import io.penstock.log.format.ShardManifest.Part;
import io.penstock.log.format.ShardManifest.Partition;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.log.manifest.ManifestWriter;
import io.penstock.log.read.BackgroundReads.Piece;
import io.penstock.log.segment.MergePlan;
import io.penstock.log.segment.MergePlan.Run;
import io.penstock.log.segment.SegmentWriter;
import io.penstock.log.segment.SegmentWriter.Source;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps shards in few and large pieces: merges small segments, and takes long lists of parts out of
/// manifests.
///
/// Works on one shard at a time, in portions that fit into memory, between the foldings of its tail; records
/// in = records out, or nothing changes. On the actor.
final class Merging {
    private static final Logger log = LoggerFactory.getLogger(Merging.class);

    /// What one job takes in: it stays below what is kept in memory at once.
    private static final long JOB_BYTES = 48 << 20;

    private final SegmentWriter segments;
    private final LogKeys keys;
    private final LogRuntime runtime;
    private final TopicPolicies policies;
    private final Shards shards;
    private final int partsPerPage;

    /// Partitions that may be out of order, by shard: those that were changed since they were looked at.
    private final Map<ShardId, Set<TopicPartitionId>> changed = new HashMap<>();

    Merging(
            SegmentWriter segments,
            LogKeys keys,
            LogRuntime runtime,
            TopicPolicies policies,
            Shards shards,
            int partsPerPage) {
        this.segments = segments;
        this.keys = keys;
        this.runtime = runtime;
        this.policies = policies;
        this.shards = shards;
        this.partsPerPage = partsPerPage;
    }

    /// The shard has become ours: nothing is known of its partitions.
    void opened(ShardLog tenure, ShardManifest manifest) {
        changed.put(tenure.shard(), new LinkedHashSet<>(manifest.partitions().keySet()));
    }

    void closed(ShardId shard) {
        changed.remove(shard);
    }

    /// These partitions have new parts.
    void folded(ShardId shard, Set<TopicPartitionId> partitions) {
        changed.computeIfAbsent(shard, _ -> new LinkedHashSet<>()).addAll(partitions);
    }

    /// Does one portion of work on the shard.
    ///
    /// @return whether there may be more to do
    CompletableFuture<Boolean> step(ShardLog tenure) {
        return tenure.exclusively(() -> {
            ManifestWriter manifest = tenure.manifest();
            Set<TopicPartitionId> candidates = changed.get(tenure.shard());
            if (!tenure.isOpen()
                    || tenure.isCleaning()
                    || manifest == null
                    || candidates == null
                    || candidates.isEmpty()) {
                return CompletableFuture.completedFuture(false);
            }
            Job job = job(tenure, manifest.current(), candidates);
            return job.isEmpty() ? CompletableFuture.completedFuture(false) : work(tenure, manifest, job);
        });
    }

    /// As long as a segment of Kafka takes records: retention by time lets go of whole parts.
    private long spanMillis(TopicPartitionId id) {
        return policies.of(id.topicId()).map(TopicPolicy::segmentMillis).orElse(Long.MAX_VALUE);
    }

    private record Job(List<Run> runs, List<PartsPage> pages) {
        boolean isEmpty() {
            return runs.isEmpty() && pages.isEmpty();
        }
    }

    private Job job(ShardLog tenure, ShardManifest manifest, Set<TopicPartitionId> candidates) {
        List<Run> runs = new ArrayList<>();
        List<PartsPage> pages = new ArrayList<>();
        long bytes = 0;
        for (TopicPartitionId id : List.copyOf(candidates)) {
            Partition partition = manifest.partitions().get(id);
            if (partition == null || manifest.dropped().containsKey(id.topicId())) {
                candidates.remove(id);
                continue;
            }
            Optional<Run> run = MergePlan.of(id, partition.segments(), spanMillis(id));
            if (run.isPresent()) {
                if (bytes > 0 && bytes + run.get().bytes() > JOB_BYTES) {
                    break;
                }
                bytes += run.get().bytes();
                runs.add(run.get());
            } else if (isLong(partition)) {
                pages.add(new PartsPage(
                        tenure.shard(),
                        manifest.attempt().idPrefix(tenure.shard()) + tenure.nextObjectNumber(),
                        id,
                        partition.segments().subList(0, partsPerPage)));
            } else {
                candidates.remove(id);
            }
        }
        return new Job(runs, pages);
    }

    /// A page holds parts that are in segments of their own only: such a segment is of no use to any other
    /// partition, so it goes with the page.
    private boolean isLong(Partition partition) {
        return partition.segments().size() >= 2 * partsPerPage
                && partition.segments().subList(0, partsPerPage).stream()
                        .allMatch(part -> part.size() >= SegmentWriter.OWN_SEGMENT_BYTES);
    }

    private CompletableFuture<Boolean> work(ShardLog tenure, ManifestWriter manifest, Job job) {
        String prefix = manifest.current().attempt().idPrefix(tenure.shard());
        List<Source> sources = new ArrayList<>();
        for (Run run : job.runs) {
            for (Part part : run.parts()) {
                sources.add(new Source(
                        run.partition(),
                        new Piece(keys.segment(part.segment()), part.position(), part.size()),
                        Optional::empty));
            }
        }
        CompletableFuture<Void> pagesPut = CompletableFuture.completedFuture(null);
        for (PartsPage page : job.pages) {
            pagesPut = pagesPut.thenCompose(_ -> segments.putNew(keys.partsPage(page.id()), page.encode()));
        }
        return segments.write(sources, () -> prefix + tenure.nextObjectNumber())
                .thenCombine(pagesPut, (parts, _) -> parts)
                .thenCompose(parts -> {
                    requireAll(tenure.shard(), job.runs, parts);
                    return manifest.change(old -> merged(tenure, old, job, parts));
                })
                .thenApply(stillOurs -> {
                    if (!stillOurs) {
                        shards.superseded(tenure);
                        return false;
                    }
                    tenure.sourcesFrom(manifest.current());
                    long bytes = job.runs.stream().mapToLong(Run::bytes).sum();
                    runtime.metrics().shardMerged(bytes);
                    log.debug(
                            "segments merged: shard={} runs={} pages={} bytes={}",
                            tenure.shard(),
                            job.runs.size(),
                            job.pages.size(),
                            bytes);
                    return true;
                });
    }

    /// Records in = records out, and no offset missing.
    private static void requireAll(ShardId shard, List<Run> in, Map<TopicPartitionId, List<Part>> out) {
        for (Run run : in) {
            List<Part> parts = out.getOrDefault(run.partition(), List.of());
            long recordsIn = run.parts().stream().mapToLong(Part::records).sum();
            long recordsOut = parts.stream().mapToLong(Part::records).sum();
            if (recordsIn != recordsOut
                    || parts.getFirst().baseOffset() != run.parts().getFirst().baseOffset()
                    || parts.getLast().lastOffset() != run.parts().getLast().lastOffset()) {
                throw new IllegalStateException("shard " + shard + ", " + run + ": " + recordsIn + " records became "
                        + recordsOut + " in " + parts);
            }
        }
    }

    /// The manifest may have changed since the job began: a run that is not there any more (deleted,
    /// compacted) stays away, and what was made of it is garbage.
    private ShardManifest merged(ShardLog tenure, ShardManifest old, Job job, Map<TopicPartitionId, List<Part>> parts) {
        SortedMap<TopicPartitionId, Partition> partitions = new TreeMap<>(old.partitions());
        Map<String, Condemned> useless = new LinkedHashMap<>();
        for (Run run : job.runs) {
            Partition partition = partitions.get(run.partition());
            List<Part> made = parts.getOrDefault(run.partition(), List.of());
            int at = partition == null ? -1 : Collections.indexOfSubList(partition.segments(), run.parts());
            if (partition == null || at < 0) {
                made.forEach(part -> useless.put(part.segment(), condemned(ObjectKind.SEGMENT, part.segment())));
                continue;
            }
            List<Part> all = new ArrayList<>(partition.segments().subList(0, at));
            all.addAll(made);
            all.addAll(partition
                    .segments()
                    .subList(at + run.parts().size(), partition.segments().size()));
            partitions.put(run.partition(), partition.withSegments(all));
        }
        for (PartsPage page : job.pages) {
            Partition partition = partitions.get(page.partition());
            if (partition == null || Collections.indexOfSubList(partition.segments(), page.parts()) != 0) {
                useless.put(page.id(), condemned(ObjectKind.PARTS_PAGE, page.id()));
                continue;
            }
            List<ShardManifest.PageRef> pages = new ArrayList<>(partition.pages());
            pages.add(page.ref());
            partitions.put(
                    page.partition(),
                    partition
                            .withPages(pages)
                            .withSegments(partition
                                    .segments()
                                    .subList(
                                            page.parts().size(),
                                            partition.segments().size())));
        }
        Set<String> named = new HashSet<>();
        partitions.values().forEach(partition -> partition.segments().forEach(part -> named.add(part.segment())));
        List<Condemned> condemned = new ArrayList<>(old.condemned());
        useless.forEach((id, one) -> {
            if (!named.contains(id)) {
                condemned.add(one);
            }
        });
        return tenure.attempted(old).withPartitions(partitions).withCondemned(condemned);
    }

    private Condemned condemned(ObjectKind kind, String id) {
        return new Condemned(kind, id, runtime.wallMillis());
    }
}
