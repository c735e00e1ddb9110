// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.topic;

import io.penstock.metadata.ClientMetricsSettings;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ClusterSettings;
import io.penstock.metadata.ConfigChange;
import io.penstock.metadata.ConfigPlan;
import io.penstock.metadata.ConfigProblem;
import io.penstock.metadata.DeletedTopic;
import io.penstock.metadata.GroupConfigs;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.MetalogRecords;
import io.penstock.metadata.TopicConfigs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;

/// Decides what a request for changes of topics comes to, with Kafka's names for what is refused.
///
/// Pure: it sees one image and answers. Each thing asked for is decided by itself, except that names are taken by
/// those before it in the same request.
final class TopicPlanner {
    private final ClusterImage image;
    private final ClusterSettings cluster;
    private final TopicSettings limits;
    private final Supplier<Uuid> topicIds;

    TopicPlanner(ClusterImage image, TopicSettings limits, Supplier<Uuid> topicIds) {
        this.image = image;
        this.cluster = image.settings()
                .orElseThrow(() -> new IllegalStateException("a cluster without settings has no topics"));
        this.limits = limits;
        this.topicIds = topicIds;
    }

    TopicPlan create(List<TopicWish> wishes) {
        var results = new ArrayList<TopicResult>();
        var records = new ArrayList<MetalogRecord>();
        var names = new Names();
        int total = totalPartitions();
        var asked = wishes.stream().collect(Collectors.groupingBy(TopicWish::name, Collectors.counting()));
        for (var wish : wishes) {
            var partitions =
                    wish.partitions() == TopicWish.CLUSTER_DEFAULT ? cluster.defaultPartitions() : wish.partitions();
            var replicationFactor = wish.replicationFactor() == TopicWish.CLUSTER_DEFAULT
                    ? cluster.defaultReplicationFactor()
                    : wish.replicationFactor();
            var refusal = asked.getOrDefault(wish.name(), 0L) > 1
                    ? Optional.of(TopicResult.refused(
                            wish.name(), Errors.INVALID_REQUEST, "Duplicate topic name: ask for it once."))
                    : refusalOf(wish, partitions, replicationFactor, names, total);
            if (refusal.isPresent()) {
                results.add(refusal.get());
                continue;
            }
            var id = topicIds.get();
            names.take(wish.name());
            total += partitions;
            records.addAll(MetalogRecords.createTopic(
                    wish.name(), id, partitions, replicationFactor, cluster.shards(), wish.configs()));
            results.add(TopicResult.done(wish.name(), id, partitions, replicationFactor, wish.configs()));
        }
        return new TopicPlan(results, records);
    }

    private Optional<TopicResult> refusalOf(
            TopicWish wish, int partitions, int replicationFactor, Names names, int total) {
        try {
            Topic.validate(wish.name());
        } catch (InvalidTopicException e) {
            return refused(wish, Errors.INVALID_TOPIC_EXCEPTION, String.valueOf(e.getMessage()));
        }
        if (names.taken(wish.name())) {
            return refused(wish, Errors.TOPIC_ALREADY_EXISTS, "Topic '" + wish.name() + "' already exists.");
        }
        if (names.beingDropped(wish.name())) {
            return refused(
                    wish,
                    Errors.TOPIC_ALREADY_EXISTS,
                    "Topic '" + wish.name() + "' is marked for deletion: its name is free when every leader knows"
                            + " of it.");
        }
        var collision = names.collisionWith(wish.name());
        if (collision.isPresent()) {
            return refused(
                    wish,
                    Errors.INVALID_TOPIC_EXCEPTION,
                    "Topic '" + wish.name() + "' collides with existing topic: " + collision.get()
                            + " ('.' and '_' count as one in metric names).");
        }
        if (partitions <= 0) {
            return refused(
                    wish, Errors.INVALID_PARTITIONS, "Number of partitions was set to an invalid non-positive value.");
        }
        if (partitions > limits.maxPartitionsPerTopic()) {
            return refused(
                    wish,
                    Errors.INVALID_PARTITIONS,
                    "A topic has at most " + limits.maxPartitionsPerTopic() + " partitions here.");
        }
        if (total + (long) partitions > limits.maxPartitionsPerCluster()) {
            return refused(
                    wish,
                    Errors.POLICY_VIOLATION,
                    "The cluster has " + total + " partitions and may have at most " + limits.maxPartitionsPerCluster()
                            + ".");
        }
        if (replicationFactor <= 0 || replicationFactor > Short.MAX_VALUE) {
            return refused(
                    wish,
                    Errors.INVALID_REPLICATION_FACTOR,
                    "Replication factor must be larger than 0, or -1 for the cluster's default.");
        }
        var problems = TopicConfigs.check(wish.configs());
        if (!problems.isEmpty()) {
            return refused(wish, Errors.INVALID_CONFIG, words(problems));
        }
        return Optional.empty();
    }

    private static Optional<TopicResult> refused(TopicWish wish, Errors error, String message) {
        return Optional.of(TopicResult.refused(wish.name(), error, message));
    }

    TopicPlan grow(Map<String, Integer> totals) {
        var results = new ArrayList<TopicResult>();
        var records = new ArrayList<MetalogRecord>();
        int all = totalPartitions();
        for (var wish : totals.entrySet()) {
            var name = wish.getKey();
            int wanted = wish.getValue();
            var id = image.topicId(name);
            if (id.isEmpty()) {
                results.add(unknown(name));
                continue;
            }
            int present = image.partitions(id.get()).orElseThrow();
            if (wanted <= present) {
                results.add(TopicResult.refused(
                        name,
                        Errors.INVALID_PARTITIONS,
                        "The topic " + name + " currently has " + present + " partition(s); " + wanted
                                + " would not be an increase."));
            } else if (wanted > limits.maxPartitionsPerTopic()) {
                results.add(TopicResult.refused(
                        name,
                        Errors.INVALID_PARTITIONS,
                        "A topic has at most " + limits.maxPartitionsPerTopic() + " partitions here."));
            } else if (all + (long) (wanted - present) > limits.maxPartitionsPerCluster()) {
                results.add(TopicResult.refused(
                        name,
                        Errors.POLICY_VIOLATION,
                        "The cluster has " + all + " partitions and may have at most "
                                + limits.maxPartitionsPerCluster() + "."));
            } else {
                all += wanted - present;
                records.addAll(MetalogRecords.addPartitions(id.get(), present, wanted, cluster.shards()));
                results.add(TopicResult.done(
                        name, id.get(), wanted, replicationFactor(id.get()), image.configs(topic(name))));
            }
        }
        return new TopicPlan(results, records);
    }

    TopicPlan delete(List<String> names, List<Uuid> ids) {
        var results = new ArrayList<TopicResult>();
        var records = new ArrayList<MetalogRecord>();
        var seen = new HashSet<Uuid>();
        for (var name : names) {
            var id = image.topicId(name);
            results.add(id.isEmpty() ? unknown(name) : deleted(name, id.get(), name, seen, records));
        }
        for (var id : ids) {
            var name = image.topicName(id);
            results.add(
                    name.isEmpty()
                            ? TopicResult.refused(
                                    id.toString(), Errors.UNKNOWN_TOPIC_ID, "This server does not host this topic ID.")
                            : deleted(id.toString(), id, name.get(), seen, records));
        }
        return new TopicPlan(results, records);
    }

    private TopicResult deleted(String asked, Uuid id, String name, Set<Uuid> seen, List<MetalogRecord> records) {
        if (Topic.isInternal(name)) {
            return TopicResult.refused(
                    asked,
                    Errors.POLICY_VIOLATION,
                    "Topic '" + name + "' keeps the cluster's own state and cannot be deleted.");
        }
        if (!seen.add(id)) {
            return TopicResult.refused(asked, Errors.INVALID_REQUEST, "Duplicate topic: ask for its deletion once.");
        }
        records.add(MetalogRecords.softDeleteTopic(id));
        return TopicResult.done(
                asked, id, image.partitions(id).orElse(0), replicationFactor(id), image.configs(topic(name)));
    }

    /// @param id which of several deleted topics of that name; empty: the one that was deleted last
    TopicPlan restore(String name, Optional<Uuid> id) {
        var found = image.restorable().entrySet().stream()
                .filter(topic -> topic.getValue().name().equals(name))
                .filter(topic -> id.isEmpty() || topic.getKey().equals(id.get()))
                .max(Comparator.comparingInt(topic -> topic.getValue().deletedEntry()));
        if (found.isEmpty()) {
            return new TopicPlan(List.of(unknown(name)), List.of());
        }
        var topic = found.get().getValue();
        var refusal = refusalOfRestoring(topic);
        if (refusal.isPresent()) {
            return new TopicPlan(List.of(refusal.get()), List.of());
        }
        return new TopicPlan(
                List.of(TopicResult.done(
                        name, found.get().getKey(), topic.partitions(), topic.replicationFactor(), topic.configs())),
                List.of(MetalogRecords.restoreTopic(found.get().getKey())));
    }

    private Optional<TopicResult> refusalOfRestoring(DeletedTopic topic) {
        var name = topic.name();
        var names = new Names();
        if (names.taken(name)) {
            return Optional.of(TopicResult.refused(
                    name,
                    Errors.TOPIC_ALREADY_EXISTS,
                    "Topic '" + name + "' was made anew since: the deleted one can be restored only when that one is"
                            + " deleted."));
        }
        if (!topic.nameTaken() && names.beingDropped(name)) {
            return Optional.of(TopicResult.refused(
                    name,
                    Errors.TOPIC_ALREADY_EXISTS,
                    "Another topic '" + name + "' is marked for deletion: try again when every leader knows of it."));
        }
        var collision = names.collisionWith(name);
        if (collision.isPresent()) {
            return Optional.of(TopicResult.refused(
                    name,
                    Errors.INVALID_TOPIC_EXCEPTION,
                    "Topic '" + name + "' collides with existing topic: " + collision.get()
                            + " ('.' and '_' count as one in metric names)."));
        }
        int total = totalPartitions();
        return total + (long) topic.partitions() > limits.maxPartitionsPerCluster()
                ? Optional.of(TopicResult.refused(
                        name,
                        Errors.POLICY_VIOLATION,
                        "The cluster has " + total + " partitions and may have at most "
                                + limits.maxPartitionsPerCluster() + "."))
                : Optional.empty();
    }

    /// Deleted topics that cannot be restored any more.
    static List<MetalogRecord> purge(ClusterImage image, Instant deletedBefore) {
        return image.restorable().entrySet().stream()
                .filter(topic -> !topic.getValue().nameTaken()
                        && topic.getValue().deletedAtMillis() <= deletedBefore.toEpochMilli())
                .sorted(Map.Entry.comparingByKey())
                .map(topic -> MetalogRecords.purgeTopic(topic.getKey()))
                .toList();
    }

    TopicPlan alter(List<ConfigWish> wishes) {
        var results = new ArrayList<TopicResult>();
        var records = new ArrayList<MetalogRecord>();
        for (var wish : wishes) {
            switch (wish.type()) {
                case TOPIC -> {
                    var id = image.topicId(wish.name());
                    if (id.isEmpty()) {
                        results.add(unknown(wish.name()));
                    } else {
                        results.add(planned(
                                wish,
                                TopicConfigs.plan(image.configs(topic(wish.name())), wish.changes()),
                                id.get(),
                                records));
                    }
                }
                case GROUP -> {
                    var group = new ConfigResource(ConfigResource.Type.GROUP, wish.name());
                    results.add(
                            wish.name().isEmpty()
                                    ? TopicResult.refused(
                                            wish.name(),
                                            Errors.INVALID_REQUEST,
                                            "Default group resources are not allowed.")
                                    : planned(
                                            wish,
                                            GroupConfigs.plan(image.configs(group), wish.changes()),
                                            Uuid.ZERO_UUID,
                                            records));
                }
                case CLIENT_METRICS -> {
                    var subscription = new ConfigResource(ConfigResource.Type.CLIENT_METRICS, wish.name());
                    results.add(
                            wish.name().isEmpty()
                                    ? TopicResult.refused(
                                            wish.name(), Errors.INVALID_REQUEST, "Subscription name can't be empty")
                                    : planned(
                                            wish,
                                            ClientMetricsSettings.plan(image.configs(subscription), wish.changes()),
                                            Uuid.ZERO_UUID,
                                            records));
                }
                case BROKER, BROKER_LOGGER, UNKNOWN ->
                    results.add(TopicResult.refused(
                            wish.name(),
                            Errors.INVALID_CONFIG,
                            "Settings of brokers come from how Penstock was set up and cannot be changed through"
                                    + " Kafka; change topics, groups, or the cluster itself."));
            }
        }
        return new TopicPlan(results, records);
    }

    private TopicResult planned(ConfigWish wish, ConfigPlan plan, Uuid id, List<MetalogRecord> records) {
        return switch (plan) {
            case ConfigPlan.Refused(var problems) ->
                TopicResult.refused(wish.name(), Errors.INVALID_CONFIG, words(problems));
            case ConfigPlan.Accepted(var changes, var result) -> {
                if (!changes.isEmpty()) {
                    records.addAll(MetalogRecords.setConfigs(new ConfigResource(wish.type(), wish.name()), changes));
                }
                yield TopicResult.done(wish.name(), id, image.partitions(id).orElse(0), replicationFactor(id), result);
            }
        };
    }

    /// One topic as a caller declares it to be: made, or grown and set to exactly these configs.
    TopicPlan declare(TopicWish wish) {
        var id = image.topicId(wish.name());
        if (id.isEmpty()) {
            return create(List.of(wish));
        }
        var records = new ArrayList<MetalogRecord>();
        int present = image.partitions(id.get()).orElseThrow();
        int wanted = wish.partitions() == TopicWish.CLUSTER_DEFAULT ? present : wish.partitions();
        if (wanted != present) {
            var grown = grow(Map.of(wish.name(), wanted));
            if (!grown.results().getFirst().ok()) {
                return grown;
            }
            records.addAll(grown.records());
        }
        var before = image.configs(topic(wish.name()));
        var changes = new ArrayList<ConfigChange>();
        wish.configs()
                .forEach((key, value) ->
                        changes.add(new ConfigChange(ConfigChange.Operation.SET, key, Optional.of(value))));
        before.keySet().stream()
                .filter(key -> !wish.configs().containsKey(key))
                .forEach(key -> changes.add(new ConfigChange(ConfigChange.Operation.DELETE, key, Optional.empty())));
        var altered = alter(List.of(new ConfigWish(ConfigResource.Type.TOPIC, wish.name(), changes)));
        if (!altered.results().getFirst().ok()) {
            return altered;
        }
        records.addAll(altered.records());
        return new TopicPlan(
                List.of(TopicResult.done(wish.name(), id.get(), wanted, replicationFactor(id.get()), wish.configs())),
                records);
    }

    private int totalPartitions() {
        return image.kafka().topics().topicsByName().values().stream()
                .mapToInt(topic -> topic.partitions().size())
                .sum();
    }

    private int replicationFactor(Uuid id) {
        return image.replicationFactor(id).orElse(cluster.defaultReplicationFactor());
    }

    private static TopicResult unknown(String name) {
        return TopicResult.refused(
                name, Errors.UNKNOWN_TOPIC_OR_PARTITION, "This server does not host this topic-partition.");
    }

    private static ConfigResource topic(String name) {
        return new ConfigResource(ConfigResource.Type.TOPIC, name);
    }

    private static String words(List<ConfigProblem> problems) {
        return problems.stream().map(ConfigProblem::message).collect(Collectors.joining("; "));
    }

    /// Which names are taken, in the image and by this request.
    private final class Names {
        private final Set<String> taken = new HashSet<>();
        private final Set<String> dropping = Stream.concat(
                        image.dropping().values().stream().map(ClusterImage.DroppingTopic::name),
                        image.restorable().values().stream()
                                .filter(DeletedTopic::nameTaken)
                                .map(DeletedTopic::name))
                .collect(Collectors.toSet());
        private Optional<Map<String, String>> byUnified = Optional.empty();

        boolean taken(String name) {
            return taken.contains(name) || image.topicId(name).isPresent();
        }

        boolean beingDropped(String name) {
            return dropping.contains(name);
        }

        Optional<String> collisionWith(String name) {
            if (!Topic.hasCollisionChars(name)) {
                return Optional.empty();
            }
            return Optional.ofNullable(unified().get(Topic.unifyCollisionChars(name)));
        }

        void take(String name) {
            taken.add(name);
            byUnified.ifPresent(names -> note(names, name));
        }

        // Made only when a name with '.' or '_' asks: it costs a look at every topic.
        private Map<String, String> unified() {
            if (byUnified.isEmpty()) {
                var names = new HashMap<String, String>();
                image.kafka().topics().topicsByName().keySet().forEach(name -> note(names, name));
                taken.forEach(name -> note(names, name));
                byUnified = Optional.of(names);
            }
            return byUnified.get();
        }

        private static void note(Map<String, String> names, String name) {
            if (Topic.hasCollisionChars(name)) {
                names.put(Topic.unifyCollisionChars(name), name);
            }
        }
    }
}
