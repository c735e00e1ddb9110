// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.kafka.cleaning.TopicPolicy;
import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import io.penstock.log.LogRuntime;
import io.penstock.log.TopicPolicies;
import io.penstock.log.format.PartsPage;
import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.ShardManifest.Attempt;
import io.penstock.log.format.ShardManifest.Condemned;
import io.penstock.log.format.ShardManifest.ObjectKind;
import io.penstock.log.format.ShardManifest.PageRef;
import io.penstock.log.format.ShardManifest.Part;
import io.penstock.log.format.ShardManifest.Partition;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.log.manifest.ManifestWriter;
import io.penstock.log.read.BatchReader;
import io.penstock.log.segment.SegmentCleaning;
import io.penstock.log.segment.SegmentCleaning.Cleaned;
import io.penstock.log.wal.Backoff;
import io.penstock.log.wal.PatientStore;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.LogKeys;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Cleans partitions by key (`cleanup.policy=compact`), one after the other, the dirtiest first.
///
/// Decisions and changes of manifests are made on the log's actor; the work is done on an actor of its own,
/// beside the
/// foldings. What it has made takes the place of exactly the parts it was made of, or is thrown away.
final class Cleaner {
    private static final Logger log = LoggerFactory.getLogger(Cleaner.class);

    private final ObjectStore objects;
    private final LogKeys keys;
    private final LogRuntime runtime;
    private final Executor actor;
    private final TopicPolicies policies;
    private final LogRules rules;
    private final Shards shards;
    private @Nullable PatientStore store;
    private boolean running;

    Cleaner(
            ObjectStore objects,
            LogKeys keys,
            LogRuntime runtime,
            Executor actor,
            TopicPolicies policies,
            LogRules rules,
            Shards shards) {
        this.rules = rules;
        this.objects = objects;
        this.keys = keys;
        this.runtime = runtime;
        this.actor = actor;
        this.policies = policies;
        this.shards = shards;
    }

    private record Job(
            ShardLog tenure,
            ManifestWriter manifest,
            TopicPartitionId id,
            PartitionLog partition,
            Partition known,
            TopicPolicy policy,
            CleaningPlan.Work work) {}

    /// Cleans until nothing is worth it, unless it does so already.
    void clean() {
        if (running || shards.isOver()) {
            return;
        }
        Job job = mostUrgent();
        if (job == null) {
            return;
        }
        running = true;
        job.tenure.cleaning(true);
        clean(job).whenComplete((changed, failure) -> {
            running = false;
            job.tenure.cleaning(false);
            if (failure != null) {
                notCleaned(job, failure);
            } else if (changed) {
                clean();
            }
        });
    }

    private @Nullable Job mostUrgent() {
        Job best = null;
        for (ShardLog tenure : shards.open()) {
            ManifestWriter manifest = tenure.manifest();
            if (manifest == null) {
                continue;
            }
            for (Map.Entry<TopicPartitionId, PartitionLog> entry :
                    tenure.partitionsInOrder().entrySet()) {
                Job job = job(tenure, manifest, entry.getKey(), entry.getValue());
                if (job != null && (best == null || job.work.isMoreUrgentThan(best.work))) {
                    best = job;
                }
            }
        }
        return best;
    }

    private @Nullable Job job(ShardLog tenure, ManifestWriter manifest, TopicPartitionId id, PartitionLog partition) {
        Partition known = manifest.current().partitions().get(id);
        Optional<TopicPolicy> policy =
                known == null || partition.dropped() ? Optional.empty() : policies.of(id.topicId());
        if (known == null || policy.isEmpty()) {
            return null;
        }
        return CleaningPlan.of(
                        policy.get(),
                        known.segments(),
                        known.cleanedBelow(),
                        partition.lastStableOffset(),
                        runtime.wallMillis())
                .map(work -> new Job(tenure, manifest, id, partition, known, policy.get(), work))
                .orElse(null);
    }

    /// @return whether the manifest was changed
    private CompletableFuture<Boolean> clean(Job job) {
        Attempt attempt = job.manifest.current().attempt();
        String prefix = attempt.idPrefix(job.tenure.shard()) + "c" + job.tenure.nextObjectNumber() + "-";
        long[] pieces = {0};
        SegmentCleaning cleaning = new SegmentCleaning(worker(), keys, job.id, () -> prefix + pieces[0]++);
        return unpaged(job.known.pages()).thenCompose(paged -> {
            List<Part> parts = new ArrayList<>(paged);
            parts.addAll(job.work.parts());
            long dirtyRecords = parts.stream()
                    .filter(part -> part.lastOffset() >= job.work.from())
                    .mapToLong(Part::records)
                    .sum();
            return cleaning.clean(
                            parts,
                            job.work.from(),
                            dirtyRecords,
                            job.partition.aborted().asList(),
                            runtime.wallMillis(),
                            rules.holds(Rule.CLEAN_TOMBSTONES_STAY) ? job.policy.deleteRetentionMillis() : 0)
                    .thenComposeAsync(
                            cleaned -> change(job, attempt, paged, parts.subList(0, cleaned.replaced()), cleaned),
                            actor);
        });
    }

    /// The oldest parts of a long partition are listed in pages. They are cleaned with the others: a
    /// tombstone must not
    /// go before what it deletes.
    private CompletableFuture<List<Part>> unpaged(List<PageRef> pages) {
        List<Part> parts = new ArrayList<>();
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (PageRef page : pages) {
            ObjectKey key = keys.partsPage(page.id());
            all = all.thenCompose(_ -> worker().get(key)).thenAccept(answer -> {
                ByteBuffer bytes =
                        answer.orElseThrow(() -> new BatchReader.Vanished(key)).bytes();
                parts.addAll(PartsPage.decode(page.id(), bytes).parts());
            });
        }
        return all.thenApply(_ -> parts);
    }

    private PatientStore worker() {
        PatientStore present = store;
        if (present == null) {
            present = new PatientStore(
                    objects, runtime, runtime.newActor("cleaner " + shards.incarnation()), Backoff.defaults());
            store = present;
        }
        return present;
    }

    /// @param replaced the parts that `cleaned` stands for
    private CompletableFuture<Boolean> change(
            Job job, Attempt attempt, List<Part> paged, List<Part> replaced, Cleaned cleaned) {
        if (!job.tenure.isOpen()) {
            return CompletableFuture.completedFuture(false);
        }
        return job.manifest
                .change(old -> replaced(old, job, attempt, paged, replaced, cleaned))
                .thenApply(stillOurs -> {
                    if (!stillOurs) {
                        shards.superseded(job.tenure);
                        return false;
                    }
                    job.tenure.sourcesFrom(job.manifest.current());
                    Partition now = job.manifest.current().partitions().get(job.id);
                    boolean done = now != null && now.cleanedBelow() >= cleaned.end();
                    log.info(
                            "partition cleaned: shard={} topic={} partition={} below={} done={} {}",
                            job.tenure.shard(),
                            job.id.topicId(),
                            job.id.partition(),
                            cleaned.end(),
                            done,
                            cleaned.counts());
                    return done;
                });
    }

    /// What was cleaned may have become shorter at its beginning meanwhile; if anything else of it has
    /// changed, the old
    /// parts stay. So they do if the attempt was given up: what it has put is swept then.
    private ShardManifest replaced(
            ShardManifest old, Job job, Attempt attempt, List<Part> paged, List<Part> replaced, Cleaned cleaned) {
        if (!old.attempt().equals(attempt)) {
            return old;
        }
        Partition partition = old.partitions().get(job.id);
        long start = partition == null ? 0 : partition.logStartOffset();
        List<Part> sources = replaced.stream()
                .filter(part -> part.lastOffset() >= start && !paged.contains(part))
                .toList();
        List<Part> useless = new ArrayList<>();
        Partition changed = partition;
        if (partition == null
                || !partition.pages().equals(job.known.pages())
                || (paged.isEmpty() && sources.isEmpty())
                || Collections.indexOfSubList(partition.segments(), sources) != 0) {
            useless.addAll(cleaned.parts());
        } else {
            List<Part> all = new ArrayList<>();
            for (Part part : cleaned.parts()) {
                (part.lastOffset() >= start ? all : useless).add(part);
            }
            // Of pages, those that were not reached because there were too many keys.
            for (Part part : paged) {
                (replaced.contains(part) ? useless : all).add(part);
            }
            all.addAll(partition
                    .segments()
                    .subList(sources.size(), partition.segments().size()));
            changed = partition.withPages(List.of()).withSegments(all).withCleanedBelow(cleaned.end());
        }
        SortedMap<TopicPartitionId, Partition> partitions = new TreeMap<>(old.partitions());
        if (changed != null) {
            partitions.put(job.id, changed);
        }
        List<Condemned> condemned = new ArrayList<>(old.condemned());
        for (Part part : useless) {
            condemned.add(new Condemned(ObjectKind.SEGMENT, part.segment(), runtime.wallMillis()));
        }
        return old.withPartitions(partitions).withCondemned(condemned);
    }

    private static void notCleaned(Job job, Throwable failure) {
        if (failure instanceof CompletionException && failure.getCause() instanceof BatchReader.Vanished gone) {
            log.warn(
                    "partition not cleaned, a later leader has changed it: shard={} topic={} partition={} {}",
                    job.tenure.shard(),
                    job.id.topicId(),
                    job.id.partition(),
                    gone.getMessage());
        } else {
            log.error(
                    "partition not cleaned: shard={} topic={} partition={}",
                    job.tenure.shard(),
                    job.id.topicId(),
                    job.id.partition(),
                    failure);
        }
    }

    void close() {
        if (store != null) {
            store.close();
        }
    }
}
