// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.kafka;

import io.penstock.api.ConsumerGroup;
import io.penstock.api.GroupLag;
import io.penstock.api.OffsetReset.Moved;
import io.penstock.api.ProblemCode;
import io.penstock.api.Resource;
import io.penstock.api.TopicGroup;
import io.penstock.api.TopicPartition.PartitionLeader;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.cluster.ClusterService;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.Page;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.springframework.stereotype.Service;

/// Consumer groups of clusters, as their coordinators know them.
@Service
public class GroupService {
    /// How long records are looked at to find out how old they are.
    private static final Duration LOOK_FOR = Duration.ofSeconds(3);

    /// Beyond that, only lag in records is told.
    private static final int MOST_AGES = 1000;

    private final ClusterService clusters;
    private final BrokerClients brokers;
    private final Clock clock;

    GroupService(ClusterService clusters, BrokerClients brokers, Clock clock) {
        this.clusters = clusters;
        this.brokers = brokers;
        this.clock = clock;
    }

    /// In the order of their ids.
    ///
    /// @param prefix what ids begin with
    /// @param state only groups in this state; empty: all
    public Page<ConsumerGroup> list(
            Caller caller, String clusterId, String prefix, String state, Page.Request request) {
        return Page.cut(
                listings(caller, clusterId, prefix, state).stream()
                        .filter(group -> group.groupId().compareTo(request.after()) > 0)
                        .limit(request.size() + 1L)
                        .map(group -> view(clusterId, group))
                        .toList(),
                request.size(),
                ConsumerGroup::id);
    }

    public long count(Caller caller, String clusterId, String prefix, String state) {
        return listings(caller, clusterId, prefix, state).size();
    }

    private List<GroupListing> listings(Caller caller, String clusterId, String prefix, String state) {
        return KafkaAnswers.of(admin(caller, clusterId, Permission.GROUP_READ)
                        .listGroups()
                        .all())
                .stream()
                .filter(group -> group.groupId().startsWith(prefix))
                .filter(group -> state.isEmpty() || name(group.groupState()).equals(state))
                .sorted(Comparator.comparing(GroupListing::groupId))
                .toList();
    }

    public ConsumerGroup find(Caller caller, String clusterId, String groupId) {
        var group = described(admin(caller, clusterId, Permission.GROUP_READ), groupId);
        var node = group.coordinator();
        return new ConsumerGroup(
                Resource.API_VERSION,
                "ConsumerGroup",
                groupId,
                group.type().name(),
                group.groupState().name(),
                "consumer",
                group.partitionAssignor(),
                node == null ? null : new PartitionLeader(node.id(), node.host(), node.port()),
                group.members().stream()
                        .sorted(Comparator.comparing(MemberDescription::consumerId))
                        .map(GroupService::member)
                        .toList(),
                self(clusterId, groupId));
    }

    /// How far the group is behind, in records and in seconds.
    public GroupLag lag(Caller caller, String clusterId, String groupId) {
        var admin = admin(caller, clusterId, Permission.GROUP_READ);
        var group = described(admin, groupId);
        Map<TopicPartition, String> readers = new HashMap<>();
        group.members()
                .forEach(member -> member.assignment()
                        .topicPartitions()
                        .forEach(partition -> readers.put(partition, member.consumerId())));
        var committed = committed(admin, groupId);
        var ends = offsets(admin, committed.keySet(), OffsetSpec.latest());
        Map<TopicPartition, Long> behind = new HashMap<>();
        committed.forEach((partition, offset) -> {
            var end = ends.get(partition);
            if (end != null && end > offset) {
                behind.put(partition, offset);
            }
        });
        var ages = ages(clusterId, behind);
        var partitions = committed.entrySet().stream()
                .filter(entry -> ends.containsKey(entry.getKey()))
                .map(entry -> {
                    var partition = entry.getKey();
                    long end = Objects.requireNonNull(ends.get(partition));
                    boolean isBehind = behind.containsKey(partition);
                    return new GroupLag.Partition(
                            partition.topic(),
                            partition.partition(),
                            entry.getValue(),
                            end,
                            Math.max(0, end - entry.getValue()),
                            isBehind ? ages.get(partition) : Double.valueOf(0),
                            readers.get(partition));
                })
                .toList();
        boolean known = partitions.stream().allMatch(partition -> partition.lagSeconds() != null);
        return new GroupLag(
                Resource.API_VERSION,
                "ConsumerGroupLag",
                groupId,
                partitions.stream().mapToLong(GroupLag.Partition::lagRecords).sum(),
                known
                        ? Double.valueOf(partitions.stream()
                                .map(GroupLag.Partition::lagSeconds)
                                .mapToDouble(seconds -> seconds == null ? 0 : seconds)
                                .max()
                                .orElse(0))
                        : null,
                partitions);
    }

    /// How old the first record behind each offset is, in seconds; without those that could not be read in
    /// time.
    private Map<TopicPartition, Double> ages(String clusterId, Map<TopicPartition, Long> offsets) {
        if (offsets.isEmpty() || offsets.size() > MOST_AGES) {
            return Map.of();
        }
        Map<TopicPartition, Double> ages = new HashMap<>();
        long now = clock.millis();
        try (var consumer = brokers.consumer(clusterId, true)) {
            consumer.assign(offsets.keySet());
            var earliest = consumer.beginningOffsets(offsets.keySet());
            offsets.forEach((partition, offset) ->
                    consumer.seek(partition, Math.max(offset, earliest.getOrDefault(partition, 0L))));
            long until = clock.millis() + LOOK_FOR.toMillis();
            while (ages.size() < offsets.size() && clock.millis() < until) {
                var found = consumer.poll(Duration.ofMillis(500));
                for (var partition : found.partitions()) {
                    ages.computeIfAbsent(
                            partition,
                            _ -> Math.max(
                                            0,
                                            now
                                                    - found.records(partition)
                                                            .getFirst()
                                                            .timestamp())
                                    / 1000.0);
                }
                // What is known need not be read on.
                consumer.pause(found.partitions());
            }
        } catch (org.apache.kafka.common.KafkaException e) {
            throw KafkaAnswers.problem(e);
        }
        return ages;
    }

    /// Groups that have offsets in a topic.
    public Page<TopicGroup> ofTopic(Caller caller, String clusterId, String topic, int partitions, Page.Request page) {
        var admin = admin(caller, clusterId, Permission.GROUP_READ);
        var ids = listings(caller, clusterId, "", "").stream()
                .map(GroupListing::groupId)
                .filter(id -> id.compareTo(page.after()) > 0)
                .toList();
        var all = new ArrayList<TopicPartition>();
        for (int partition = 0; partition < partitions; partition++) {
            all.add(new TopicPartition(topic, partition));
        }
        var ends = offsets(admin, all, OffsetSpec.latest());
        var found = new ArrayList<TopicGroup>();
        var spec = new ListConsumerGroupOffsetsSpec().topicPartitions(all);
        for (var some : parts(ids, 100)) {
            if (found.size() > page.size()) {
                break;
            }
            var answer = admin.listConsumerGroupOffsets(
                    some.stream().collect(Collectors.toMap(Function.identity(), _ -> spec)));
            for (var id : some) {
                var offsets = positions(KafkaAnswers.of(answer.partitionsToOffsetAndMetadata(id)));
                if (!offsets.isEmpty()) {
                    long lag = offsets.entrySet().stream()
                            .mapToLong(entry ->
                                    Math.max(0, ends.getOrDefault(entry.getKey(), entry.getValue()) - entry.getValue()))
                            .sum();
                    found.add(new TopicGroup(id, offsets.size(), lag, self(clusterId, id)));
                }
            }
        }
        return Page.cut(found.stream().limit(page.size() + 1L).toList(), page.size(), TopicGroup::groupId);
    }

    private static List<List<String>> parts(List<String> ids, int size) {
        var parts = new ArrayList<List<String>>();
        for (int from = 0; from < ids.size(); from += size) {
            parts.add(ids.subList(from, Math.min(ids.size(), from + size)));
        }
        return parts;
    }

    /// Deletes a group that has no members.
    public void delete(Caller caller, String clusterId, String groupId, boolean dryRun) {
        var admin = admin(caller, clusterId, Permission.GROUP_MANAGE);
        refuseMembers(described(admin, groupId));
        if (!dryRun) {
            KafkaAnswers.of(admin.deleteConsumerGroups(List.of(groupId)).all());
        }
    }

    /// Forgets where the group is in a topic, which no member of it reads.
    public void forget(Caller caller, String clusterId, String groupId, String topic, boolean dryRun) {
        var admin = admin(caller, clusterId, Permission.GROUP_MANAGE);
        described(admin, groupId);
        var partitions = committed(admin, groupId).keySet().stream()
                .filter(partition -> partition.topic().equals(topic))
                .collect(Collectors.toSet());
        if (partitions.isEmpty()) {
            throw ProblemException.notFound("topic with offsets of this group", topic);
        }
        if (!dryRun) {
            KafkaAnswers.of(
                    admin.deleteConsumerGroupOffsets(groupId, partitions).all());
        }
    }

    /// Which partitions are meant; an empty list of partitions stands for all of the topic, no topic for all
    /// that the
    /// group has offsets for.
    public record Chosen(Map<String, List<Integer>> topics) {}

    /// Moves a group that has no members.
    public List<Moved> reset(
            Caller caller, String clusterId, String groupId, ResetTarget target, Chosen chosen, boolean dryRun) {
        var admin = admin(caller, clusterId, Permission.GROUP_MANAGE);
        var group = described(admin, groupId);
        if (!dryRun) {
            refuseMembers(group);
        }
        var committed = committed(admin, groupId);
        var partitions = chosen.topics().isEmpty() ? committed.keySet() : partitions(admin, chosen);
        if (partitions.isEmpty()) {
            throw ProblemException.field("/topics", "required", "the group has no offsets yet: say which topics");
        }
        var earliest = offsets(admin, partitions, OffsetSpec.earliest());
        var latest = offsets(admin, partitions, OffsetSpec.latest());
        Map<TopicPartition, Long> ofTime = target instanceof ResetTarget.Time(var at)
                ? offsets(admin, partitions, OffsetSpec.forTimestamp(at.toEpochMilli()))
                : Map.of();
        Map<TopicPartition, Long> ofGroup =
                target instanceof ResetTarget.Group(var other) ? committedOfExisting(admin, other) : Map.of();
        var moves = new TreeMap<TopicPartition, Moved>(
                Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition));
        for (var partition : partitions) {
            if (!latest.containsKey(partition)) {
                throw ProblemException.field("/topics", "not_found", "there is no partition " + partition);
            }
            var bounds = new ResetTarget.Bounds(
                    Optional.ofNullable(committed.get(partition)),
                    earliest.getOrDefault(partition, 0L),
                    latest.getOrDefault(partition, 0L),
                    Optional.ofNullable(ofTime.get(partition)).filter(offset -> offset >= 0),
                    Optional.ofNullable(ofGroup.get(partition)));
            target.in(bounds)
                    .ifPresent(offset -> moves.put(
                            partition,
                            new Moved(partition.topic(), partition.partition(), committed.get(partition), offset)));
        }
        if (!dryRun && !moves.isEmpty()) {
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            moves.forEach((partition, move) -> offsets.put(partition, new OffsetAndMetadata(move.to())));
            KafkaAnswers.of(admin.alterConsumerGroupOffsets(groupId, offsets).all());
        }
        return List.copyOf(moves.values());
    }

    private static Map<TopicPartition, Long> committedOfExisting(Admin admin, String groupId) {
        described(admin, groupId);
        return committed(admin, groupId);
    }

    private static Set<TopicPartition> partitions(Admin admin, Chosen chosen) {
        var descriptions =
                KafkaAnswers.of(admin.describeTopics(chosen.topics().keySet()).allTopicNames());
        var partitions = new TreeSet<TopicPartition>(
                Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition));
        chosen.topics().forEach((topic, numbers) -> {
            int count =
                    Objects.requireNonNull(descriptions.get(topic)).partitions().size();
            for (int number = 0; number < count; number++) {
                if (numbers.isEmpty() || numbers.contains(number)) {
                    partitions.add(new TopicPartition(topic, number));
                }
            }
            numbers.stream()
                    .filter(number -> number < 0 || number >= count)
                    .findFirst()
                    .ifPresent(number -> {
                        throw ProblemException.field(
                                "/topics", "out_of_range", "topic '" + topic + "' has partitions 0.." + (count - 1));
                    });
        });
        return partitions;
    }

    private static void refuseMembers(ConsumerGroupDescription group) {
        if (!group.members().isEmpty()) {
            throw ProblemException.of(
                            ProblemCode.INVALID_STATE,
                            "Consumer group '" + group.groupId() + "' has "
                                    + group.members().size() + " members: stop them first.")
                    .asKafkaError("NON_EMPTY_GROUP");
        }
    }

    private static ConsumerGroupDescription described(Admin admin, String groupId) {
        var group = KafkaAnswers.of(Objects.requireNonNull(
                admin.describeConsumerGroups(List.of(groupId)).describedGroups().get(groupId)));
        if (group.groupState() == GroupState.DEAD) {
            throw ProblemException.notFound("consumer group", groupId);
        }
        return group;
    }

    private static Map<TopicPartition, Long> committed(Admin admin, String groupId) {
        return positions(KafkaAnswers.of(admin.listConsumerGroupOffsets(groupId).partitionsToOffsetAndMetadata()));
    }

    private static Map<TopicPartition, Long> positions(Map<TopicPartition, OffsetAndMetadata> offsets) {
        var positions = new TreeMap<TopicPartition, Long>(
                Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition));
        offsets.forEach((partition, offset) -> {
            if (offset != null) {
                positions.put(partition, offset.offset());
            }
        });
        return positions;
    }

    /// Without partitions that are gone.
    private static Map<TopicPartition, Long> offsets(
            Admin admin, Collection<TopicPartition> partitions, OffsetSpec spec) {
        var answer = admin.listOffsets(
                partitions.stream().collect(Collectors.toMap(Function.identity(), _ -> spec)),
                new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (var partition : partitions) {
            try {
                offsets.put(partition, answer.partitionResult(partition).get().offset());
            } catch (java.util.concurrent.ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
                        && !(e.getCause() instanceof TopicAuthorizationException)) {
                    throw KafkaAnswers.problem(Objects.requireNonNull(e.getCause()));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw ProblemException.of(ProblemCode.UNAVAILABLE, "The control plane is going down.");
            }
        }
        return offsets;
    }

    private Admin admin(Caller caller, String clusterId, Permission permission) {
        caller.require(permission);
        clusters.serving(clusterId);
        return brokers.admin(clusterId);
    }

    private static ConsumerGroup view(String clusterId, GroupListing group) {
        return new ConsumerGroup(
                Resource.API_VERSION,
                "ConsumerGroup",
                group.groupId(),
                group.type().map(Enum::name).orElse("CLASSIC"),
                name(group.groupState()),
                group.protocol(),
                null,
                null,
                null,
                self(clusterId, group.groupId()));
    }

    private static String name(Optional<GroupState> state) {
        return state.map(Enum::name).orElse("UNKNOWN");
    }

    private static ConsumerGroup.Member member(MemberDescription member) {
        Map<String, List<Integer>> byTopic = new TreeMap<>();
        member.assignment()
                .topicPartitions()
                .forEach(partition -> byTopic.computeIfAbsent(partition.topic(), _ -> new ArrayList<>())
                        .add(partition.partition()));
        return new ConsumerGroup.Member(
                member.consumerId(),
                member.groupInstanceId().orElse(null),
                member.clientId(),
                member.host(),
                byTopic.entrySet().stream()
                        .map(entry -> new ConsumerGroup.Assignment(
                                entry.getKey(),
                                entry.getValue().stream().sorted().toList()))
                        .toList());
    }

    private static String self(String clusterId, String groupId) {
        return "/v1/clusters/" + clusterId + "/consumer-groups/" + GroupIds.inPath(groupId);
    }
}
