// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.topic;

import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.cluster.ClusterService;
import io.penstock.control.metalog.Metalog;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.OrderedPages;
import io.penstock.control.resource.Page;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.MetalogRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.Uuid;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/// Changes topics and their settings, for REST and for Kafka clients alike.
///
/// A call is one metalog entry, however many topics and partitions it is about. Changes are decided against the
/// newest image under the cluster's lock; futures complete when the entry is stored in the bucket.
@Service
public class TopicService {
    /// What topics can be ordered by.
    public static final Set<String> SORTABLE = TopicRows.COLUMNS.keySet();

    // Longer than a bucket's usual trouble; a caller who waits longer has given up.
    private static final Duration STORED_WITHIN = Duration.ofSeconds(20);

    private final ClusterService clusters;
    private final Metalog metalog;
    private final TopicRows rows;
    private final DeletedTopicRows deletedRows;
    private final OrderedPages pages;
    private final TopicSettings limits;
    private final TransactionTemplate transactions;
    private final RandomGenerator random;

    TopicService(
            ClusterService clusters,
            Metalog metalog,
            TopicRows rows,
            DeletedTopicRows deletedRows,
            OrderedPages pages,
            TopicSettings limits,
            TransactionTemplate transactions,
            RandomGenerator random) {
        this.clusters = clusters;
        this.metalog = metalog;
        this.rows = rows;
        this.deletedRows = deletedRows;
        this.pages = pages;
        this.limits = limits;
        this.transactions = transactions;
        this.random = random;
    }

    // ---- for whoever was authorized elsewhere (brokers authorize Kafka clients)

    /// @param validateOnly decide, but change nothing
    public CompletableFuture<List<TopicResult>> createTopics(
            String clusterId, List<TopicWish> wishes, boolean validateOnly) {
        return change(clusterId, validateOnly, planner -> planner.create(wishes));
    }

    /// @param totals topic → how many partitions it is to have
    public CompletableFuture<List<TopicResult>> createPartitions(
            String clusterId, Map<String, Integer> totals, boolean validateOnly) {
        return change(clusterId, validateOnly, planner -> planner.grow(totals));
    }

    public CompletableFuture<List<TopicResult>> deleteTopics(String clusterId, List<String> names, List<Uuid> ids) {
        return change(clusterId, false, planner -> planner.delete(names, ids));
    }

    public CompletableFuture<List<TopicResult>> alterConfigs(
            String clusterId, List<ConfigWish> wishes, boolean validateOnly) {
        return change(clusterId, validateOnly, planner -> planner.alter(wishes));
    }

    // ---- for callers of the REST API

    public List<TopicResult> create(Caller caller, String clusterId, List<TopicWish> wishes, boolean validateOnly) {
        requireManage(caller, clusterId);
        return awaited(createTopics(clusterId, wishes, validateOnly));
    }

    /// Makes the topic what the caller declares: creates it, or grows it and sets exactly these configs.
    ///
    /// @param expectedVersion the topic's version that the caller knows; empty if they do not care
    public TopicResult declare(
            Caller caller, String clusterId, TopicWish wish, OptionalLong expectedVersion, boolean validateOnly) {
        requireManage(caller, clusterId);
        return awaited(change(clusterId, validateOnly, planner -> {
                    requireVersion(clusterId, wish.name(), expectedVersion);
                    return planner.declare(wish);
                }))
                .getFirst();
    }

    /// @param validateOnly decide, but change nothing
    public TopicResult delete(
            Caller caller, String clusterId, String name, OptionalLong expectedVersion, boolean validateOnly) {
        requireManage(caller, clusterId);
        return awaited(change(clusterId, validateOnly, planner -> {
                    requireVersion(clusterId, name, expectedVersion);
                    return planner.delete(List.of(name), List.of());
                }))
                .getFirst();
    }

    /// Takes a deletion back: the topic lives again with its id, its configs and its records. Offsets that groups had
    /// committed for it are not restored.
    ///
    /// @param id which of several deleted topics of that name; empty: the one that was deleted last
    /// @param validateOnly decide, but change nothing
    public TopicResult restore(Caller caller, String clusterId, String name, Optional<Uuid> id, boolean validateOnly) {
        requireManage(caller, clusterId);
        return awaited(change(clusterId, validateOnly, planner -> planner.restore(name, id)))
                .getFirst();
    }

    /// Deleted topics that can be restored, by name.
    ///
    /// @param prefix of their names; empty: any
    @Transactional(readOnly = true)
    public Page<DeletedTopicView> listDeleted(Caller caller, String clusterId, String prefix, Page.Request request) {
        requireRead(caller, clusterId);
        return Page.cut(
                deletedRows.page(clusterId, prefix, request.after(), request.size() + 1),
                request.size(),
                DeletedTopicView::sortKey);
    }

    @Transactional(readOnly = true)
    public long countDeleted(Caller caller, String clusterId, String prefix) {
        requireRead(caller, clusterId);
        return deletedRows.count(clusterId, prefix);
    }

    @Transactional(readOnly = true)
    public TopicView find(Caller caller, String clusterId, String name) {
        requireRead(caller, clusterId);
        return rows.find(clusterId, name).orElseThrow(() -> ProblemException.notFound("topic", name));
    }

    @Transactional(readOnly = true)
    public Page<TopicView> list(Caller caller, String clusterId, TopicFilter filter, Page.Request request) {
        requireRead(caller, clusterId);
        if (!request.order().isUsual()) {
            return pages.page(
                    TopicRows.source(clusterId, filter),
                    request,
                    names -> rows.named(clusterId, names),
                    TopicView::name);
        }
        return Page.cut(
                rows.page(clusterId, filter, request.after(), request.size() + 1), request.size(), TopicView::name);
    }

    @Transactional(readOnly = true)
    public long count(Caller caller, String clusterId, TopicFilter filter) {
        requireRead(caller, clusterId);
        return rows.count(clusterId, filter);
    }

    /// The image, for what rows do not tell: who leads which partition.
    public ClusterImage image(Caller caller, String clusterId) {
        requireRead(caller, clusterId);
        return metalog.image(clusterId);
    }

    private static List<TopicResult> awaited(CompletableFuture<List<TopicResult>> results) {
        return results.orTimeout(STORED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private void requireManage(Caller caller, String clusterId) {
        clusters.find(caller, clusterId);
        caller.require(Permission.TOPIC_MANAGE);
    }

    private void requireRead(Caller caller, String clusterId) {
        clusters.find(caller, clusterId);
        caller.require(Permission.TOPIC_READ);
    }

    private void requireVersion(String clusterId, String name, OptionalLong expected) {
        if (expected.isPresent()) {
            var topic = rows.find(clusterId, name).orElseThrow(() -> ProblemException.notFound("topic", name));
            if (topic.changedEntry() != expected.getAsLong()) {
                throw ProblemException.versionConflict(topic.changedEntry());
            }
        }
    }

    private CompletableFuture<List<TopicResult>> change(
            String clusterId, boolean validateOnly, Function<TopicPlanner, TopicPlan> decide) {
        clusters.serving(clusterId);
        if (validateOnly) {
            return CompletableFuture.completedFuture(
                    decide.apply(planner(metalog.image(clusterId))).results());
        }
        var made = Objects.requireNonNull(transactions.execute(_ -> {
            var decided = new Decided();
            int number = metalog.append(clusterId, image -> decided.by(decide.apply(planner(image))));
            return new Made(number, decided.plan());
        }));
        if (made.plan().records().isEmpty()) {
            return CompletableFuture.completedFuture(made.plan().results());
        }
        UnaryOperator<TopicResult> inEntry = result -> result.inEntry(made.entry());
        return metalog.stored(clusterId, made.entry())
                .thenApply(_ -> made.plan().results().stream().map(inEntry).toList());
    }

    private record Made(int entry, TopicPlan plan) {}

    /// Carries the plan out of the metalog's callback.
    private static final class Decided {
        private TopicPlan plan = new TopicPlan(List.of(), List.of());

        List<MetalogRecord> by(TopicPlan decision) {
            plan = decision;
            return decision.records();
        }

        TopicPlan plan() {
            return plan;
        }
    }

    private TopicPlanner planner(ClusterImage image) {
        return new TopicPlanner(image, limits, this::topicId);
    }

    private Uuid topicId() {
        // Kafka keeps a few ids for itself, and prints one that starts with '-' badly.
        while (true) {
            // Version 4, variant 2 (RFC 9562), as every tool expects of a random id.
            var id = new Uuid(
                    (random.nextLong() & 0xffffffffffff0fffL) | 0x4000L,
                    (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L);
            if (!Uuid.RESERVED.contains(id) && !id.toString().startsWith("-")) {
                return id;
            }
        }
    }
}
