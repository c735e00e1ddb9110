// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// What consumer groups do, of both protocols and in between, and what their administrators see and change.
final class GroupScenarios {
    private static final int PARTITIONS = 4;

    private final Side side;
    private final Transcript transcript = new Transcript();

    GroupScenarios(Side side) {
        this.side = side;
    }

    List<String> all() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", side.servers()))) {
            for (String protocol : List.of("classic", "consumer")) {
                statics(admin, protocol);
                joinAndLeave(admin, protocol);
                administration(admin, protocol);
            }
            regularExpressions(admin);
            migration(admin);
            withoutMembers(admin);
            configs(admin);
        }
        return transcript.lines();
    }

    /// KIP-345: a member with a name of its own comes back to what it had, and nobody else may bear its name.
    private void statics(Admin admin, String protocol) throws ExecutionException, InterruptedException {
        String name = "group-static-" + protocol;
        create(admin, name);
        try (Member first = member(protocol, name, Map.of("group.instance.id", "one"));
                Member second = member(protocol, name, Map.of("group.instance.id", "two"))) {
            first.subscribe(name);
            second.subscribe(name);
            pollUntil(() -> first.has(2) && second.has(2), first, second);
            transcript.tell(name + " members", members(describe(admin, name)));
            Set<TopicPartition> before = second.assignment();
            second.leave();
            first.poll(5);
            transcript.tell(name + " with one away", members(describe(admin, name)));
            transcript.tell(name + " the other keeps", first.assignment().size());
            try (Member again = member(protocol, name, Map.of("group.instance.id", "two"))) {
                again.subscribe(name);
                pollUntil(() -> again.has(2), first, again);
                transcript.tell(
                        name + " comes back to the same", again.assignment().equals(before));
                twin(protocol, name, again);
            }
        }
        transcript.attempt(
                name + " members are removed by name",
                () -> admin.removeMembersFromConsumerGroup(
                                name,
                                new RemoveMembersFromConsumerGroupOptions(
                                        List.of(new MemberToRemove("one"), new MemberToRemove("two"))))
                        .all()
                        .get());
        ConsumerGroupDescription empty = describe(admin, name);
        transcript.tell(name + " then", empty.groupState() + " " + members(empty));
        transcript.attempt(
                name + " one who is not there is removed",
                () -> admin.removeMembersFromConsumerGroup(
                                name, new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("three"))))
                        .all()
                        .get());
    }

    /// Of the classic protocol the newcomer wins, of KIP-848 who was there.
    private void twin(String protocol, String name, Member present) {
        try (Member twin = member(protocol, name, Map.of("group.instance.id", "two"))) {
            twin.subscribe(name);
            @Nullable KafkaException refused = null;
            for (int poll = 0; poll < 300 && refused == null; poll++) {
                try {
                    (poll % 2 == 0 ? twin : present).poll(1);
                } catch (KafkaException e) {
                    refused = e;
                    transcript.tell(
                            name + " of two of one name",
                            (poll % 2 == 0 ? "the second gets " : "the first gets ")
                                    + e.getClass().getSimpleName());
                }
            }
            if (refused == null) {
                transcript.tell(name + " of two of one name", "nobody is refused");
            }
        }
    }

    /// Members come and go; cooperative members keep what they may keep.
    private void joinAndLeave(Admin admin, String protocol) throws ExecutionException, InterruptedException {
        String name = "group-cooperative-" + protocol;
        create(admin, name);
        produce(name, 40);
        Map<String, Object> config = protocol.equals("classic")
                ? Map.of("partition.assignment.strategy", CooperativeStickyAssignor.class.getName())
                : Map.of("group.remote.assignor", "uniform");
        try (Member first = member(protocol, name, config);
                Member second = member(protocol, name, config)) {
            first.subscribe(name);
            pollUntil(() -> first.has(PARTITIONS) && first.records == 40, first);
            first.consumer.commitSync();
            second.subscribe(name);
            pollUntil(() -> first.has(2) && second.has(2), first, second);
            transcript.tell(name + " revoked from the first", first.revoked);
            transcript.tell(name + " lost by anybody", first.lost + second.lost);
            ConsumerGroupDescription described = describe(admin, name);
            transcript.tell(
                    name + " described",
                    described.groupState() + " " + described.type() + " " + described.partitionAssignor() + " "
                            + described.members().stream()
                                    .map(member -> member.assignment()
                                            .topicPartitions()
                                            .size())
                                    .toList());
            second.leave();
            pollUntil(() -> first.has(PARTITIONS), first);
            transcript.tell(name + " read by the second", second.records);
        }
        transcript.tell(name + " committed", committed(admin, name));
    }

    private void administration(Admin admin, String protocol) throws ExecutionException, InterruptedException {
        String name = "group-admin-" + protocol;
        create(admin, name);
        produce(name, 8);
        TopicPartition first = new TopicPartition(name, 0);
        try (Member member = member(protocol, name, Map.of())) {
            member.subscribe(name);
            pollUntil(() -> member.has(PARTITIONS) && member.records == 8, member);
            member.consumer.commitSync();
            transcript.tell(
                    name + " listed",
                    admin.listGroups().all().get().stream()
                            .filter(listed -> listed.groupId().equals(name))
                            .map(listed -> listed.type() + " " + listed.protocol() + " "
                                    + listed.groupState().orElseThrow())
                            .toList());
            transcript.tell(
                    name + " listed by type",
                    listed(admin, new ListGroupsOptions().withTypes(Set.of(GroupType.parse(protocol))), name));
            transcript.tell(
                    name + " listed among the empty",
                    listed(admin, new ListGroupsOptions().inGroupStates(Set.of(GroupState.EMPTY)), name));
            transcript.attempt(
                    name + " deleted while in use",
                    () -> admin.deleteConsumerGroups(List.of(name)).all().get());
            transcript.attempt(
                    name + " offsets altered while in use",
                    () -> admin.alterConsumerGroupOffsets(name, Map.of(first, new OffsetAndMetadata(1)))
                            .all()
                            .get());
            transcript.attempt(
                    name + " offsets of a subscribed topic deleted",
                    () -> admin.deleteConsumerGroupOffsets(name, Set.of(first))
                            .all()
                            .get());
            transcript.attempt(
                    name + " all members removed",
                    () -> admin.removeMembersFromConsumerGroup(name, new RemoveMembersFromConsumerGroupOptions())
                            .all()
                            .get());
        }
        transcript.tell(name + " committed", committed(admin, name));
        transcript.attempt(
                name + " offsets altered",
                () -> admin.alterConsumerGroupOffsets(
                                name, Map.of(first, new OffsetAndMetadata(1, Optional.empty(), "by hand")))
                        .all()
                        .get());
        transcript.attempt(
                name + " offset of a partition that is not there",
                () -> admin.alterConsumerGroupOffsets(
                                name, Map.of(new TopicPartition(name, 99), new OffsetAndMetadata(1)))
                        .all()
                        .get());
        transcript.tell(
                name + " altered to",
                Objects.requireNonNull(admin.listConsumerGroupOffsets(name)
                        .partitionsToOffsetAndMetadata()
                        .get()
                        .get(first)));
        transcript.attempt(
                name + " offsets deleted",
                () -> admin.deleteConsumerGroupOffsets(name, Set.of(first))
                        .all()
                        .get());
        transcript.tell(name + " committed then", committed(admin, name));
        transcript.attempt(
                name + " deleted",
                () -> admin.deleteConsumerGroups(List.of(name)).all().get());
        transcript.attempt(
                name + " deleted again",
                () -> admin.deleteConsumerGroups(List.of(name)).all().get());
        transcript.attempt(name + " described when it is gone", () -> describe(admin, name));
    }

    /// Topics by a regular expression that the broker knows how to read (KIP-848), or the client (classic).
    private void regularExpressions(Admin admin) throws ExecutionException, InterruptedException {
        create(admin, "group-regex-a");
        create(admin, "group-regex-b");
        try (Member server = member("consumer", "group-regex", Map.of());
                Member client = member("classic", "group-regex-classic", Map.of());
                Member wrong = member("consumer", "group-regex-wrong", Map.of())) {
            server.consumer.subscribe(new SubscriptionPattern("group-regex-[ab]"), server);
            pollUntil(() -> server.has(2 * PARTITIONS), server);
            transcript.tell("topics by the broker's expression", topics(server));
            client.consumer.subscribe(Pattern.compile("group-regex-[ab]"), client);
            pollUntil(() -> client.has(2 * PARTITIONS), client);
            transcript.tell("topics by the client's expression", topics(client));
            wrong.consumer.subscribe(new SubscriptionPattern("group-regex-[a"), wrong);
            transcript.attempt("an expression that is none", () -> wrong.poll(100));
        }
    }

    /// A group goes from the classic protocol to KIP-848 and back while it is used.
    private void migration(Admin admin) throws ExecutionException, InterruptedException {
        String name = "group-migration";
        create(admin, name);
        try (Member old = member("classic", name, Map.of())) {
            old.subscribe(name);
            pollUntil(() -> old.has(PARTITIONS), old);
            transcript.tell(name + " begins as", describe(admin, name).type());
            try (Member modern = member("consumer", name, Map.of())) {
                modern.subscribe(name);
                pollUntil(() -> old.has(2) && modern.has(2), old, modern);
                transcript.tell(name + " with both", describe(admin, name).type());
                old.poll(3);
            }
            pollUntil(() -> old.has(PARTITIONS), old);
            transcript.tell(name + " ends as", describe(admin, name).type());
        }
    }

    /// Offsets of nobody's group; groups that are not there.
    private void withoutMembers(Admin admin) throws ExecutionException, InterruptedException {
        String name = "group-simple";
        create(admin, name);
        TopicPartition first = new TopicPartition(name, 0);
        try (Member simple = member("classic", name, Map.of())) {
            simple.consumer.assign(List.of(first));
            simple.consumer.commitSync(Map.of(first, new OffsetAndMetadata(7, "mark")));
            transcript.tell("offset of a simple consumer", simple.consumer.committed(Set.of(first)));
        }
        ConsumerGroupDescription described = describe(admin, name);
        transcript.tell(
                "a simple consumer's group",
                described.groupState() + " " + described.type() + " " + described.isSimpleConsumerGroup());
        transcript.attempt("a group that is not there", () -> describe(admin, "group-nobody"));
        transcript.tell("its offsets", committed(admin, "group-nobody"));
        transcript.attempt(
                "a topic with offsets is deleted",
                () -> admin.deleteTopics(List.of(name)).all().get());
        for (int tries = 0; tries < 100 && !committed(admin, name).equals("{}"); tries++) {
            Thread.sleep(100);
        }
        transcript.tell("offsets of a deleted topic", committed(admin, name));
    }

    private void configs(Admin admin) throws ExecutionException, InterruptedException {
        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "group-configs");
        for (Map.Entry<String, String> set : List.of(
                Map.entry("consumer.session.timeout.ms", "50000"),
                Map.entry("consumer.session.timeout.ms", "1"),
                Map.entry("streams.num.standby.replicas", "1"),
                Map.entry("no.such.config", "1"))) {
            transcript.attempt(
                    "group config " + set.getKey() + "=" + set.getValue(),
                    () -> admin.incrementalAlterConfigs(Map.of(
                                    group,
                                    List.of(new AlterConfigOp(
                                            new ConfigEntry(set.getKey(), set.getValue()), AlterConfigOp.OpType.SET))))
                            .all()
                            .get());
        }
        Map<String, String> values = new TreeMap<>();
        Objects.requireNonNull(admin.describeConfigs(List.of(group)).all().get().get(group))
                .entries()
                .forEach(entry -> values.put(entry.name(), entry.value() + " " + entry.source()));
        values.forEach((config, value) -> transcript.tell("group config " + config, value));
    }

    // ---- words

    private void create(Admin admin, String topic) throws ExecutionException, InterruptedException {
        admin.createTopics(Set.of(new NewTopic(topic, PARTITIONS, side.replicas())))
                .all()
                .get();
    }

    private void produce(String topic, int records) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", side.servers()), new StringSerializer(), new StringSerializer())) {
            for (int n = 0; n < records; n++) {
                producer.send(new ProducerRecord<>(topic, n % PARTITIONS, null, "v" + n));
            }
        }
    }

    private static ConsumerGroupDescription describe(Admin admin, String group)
            throws ExecutionException, InterruptedException {
        return Objects.requireNonNull(admin.describeConsumerGroups(List.of(group))
                        .describedGroups()
                        .get(group))
                .get();
    }

    /// Name of its own and number of partitions of each.
    private static String members(ConsumerGroupDescription group) {
        return group.members().stream()
                .map(member -> member.groupInstanceId().orElse("-") + "="
                        + member.assignment().topicPartitions().size())
                .sorted()
                .toList()
                .toString();
    }

    private static String listed(Admin admin, ListGroupsOptions options, String group)
            throws ExecutionException, InterruptedException {
        return admin.listGroups(options).all().get().stream()
                        .anyMatch(listed -> listed.groupId().equals(group))
                ? "yes"
                : "no";
    }

    private static String committed(Admin admin, String group) throws ExecutionException, InterruptedException {
        Map<Integer, Long> offsets = new TreeMap<>();
        admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .forEach((partition, offset) -> offsets.put(partition.partition(), offset.offset()));
        return offsets.toString();
    }

    private static String topics(Member member) {
        return new TreeSet<>(
                        member.assignment().stream().map(TopicPartition::topic).collect(Collectors.toSet()))
                .toString();
    }

    /// Everybody polls in turn until it is so; after a minute the transcript shows that it was not.
    private static void pollUntil(BooleanSupplier so, Member... members) {
        for (int turn = 0; turn < 600 / members.length && !so.getAsBoolean(); turn++) {
            Stream.of(members).forEach(member -> member.poll(1));
        }
    }

    private Member member(String protocol, String group, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put("bootstrap.servers", side.servers());
        config.put("group.id", group);
        config.put("group.protocol", protocol);
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", false);
        if (protocol.equals("classic")) {
            config.put("heartbeat.interval.ms", 300); // learns of the next rebalance sooner
        }
        return new Member(new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer()));
    }

    /// A consumer that counts what happens to it.
    private static final class Member implements ConsumerRebalanceListener, AutoCloseable {
        private final KafkaConsumer<String, String> consumer;
        private boolean closed;
        private int records;
        private int revoked;
        private int lost;

        private Member(KafkaConsumer<String, String> consumer) {
            this.consumer = consumer;
        }

        private void subscribe(String topic) {
            consumer.subscribe(List.of(topic), this);
        }

        private void poll(int times) {
            for (int n = 0; n < times; n++) {
                records += consumer.poll(Duration.ofMillis(100)).count();
            }
        }

        private boolean has(int partitions) {
            return consumer.assignment().size() == partitions;
        }

        private Set<TopicPartition> assignment() {
            return Set.copyOf(consumer.assignment());
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            revoked += partitions.size();
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            lost += partitions.size();
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}

        private void leave() {
            if (!closed) {
                closed = true;
                consumer.close();
            }
        }

        @Override
        public void close() {
            leave();
        }
    }
}
