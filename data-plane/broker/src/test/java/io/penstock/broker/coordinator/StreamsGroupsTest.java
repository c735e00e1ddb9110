// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.broker.request.Reply;
import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.broker.testing.Exchanges;
import io.penstock.metadata.MetalogRecords;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
import org.apache.kafka.common.errors.NotCoordinatorException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Subtopology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.TopicInfo;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Topology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData.Status;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatResponse;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatResponse;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the host of Kafka's coordinator owes to groups of Kafka Streams (KIP-1071), and to groups with configs.
@Timeout(60)
class StreamsGroupsTest {
    private static final String REPARTITION = "app-by-key-repartition";
    private static final String CHANGELOG = "app-counts-changelog";

    private final BrokerInMemory broker = BrokerInMemory.started();
    private final GroupHome groups = broker.newGroups();

    @BeforeEach
    void topics() {
        broker.cluster().createTopic(Topic.GROUP_METADATA_TOPIC_NAME, 1, Map.of("cleanup.policy", "compact"));
        broker.cluster().createTopic("words", 3, Map.of());
    }

    @AfterEach
    void stop() {
        groups.close();
        broker.close();
    }

    @Test
    void topicsThatATopologyLacksAreMadeAndThenItsTasksAreAssigned() throws InterruptedException {
        StreamsGroupHeartbeatResponseData first = join("m1", KafkaPrincipal.ANONYMOUS);

        assertThat(first.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(statuses(first)).contains(StreamsGroupHeartbeatResponse.Status.MISSING_INTERNAL_TOPICS.code());
        assertThat(partitions(REPARTITION)).hasValue(3);
        assertThat(partitions(CHANGELOG)).hasValue(3);
        assertThat(broker.cluster().image().configs(new ConfigResource(ConfigResource.Type.TOPIC, CHANGELOG)))
                .containsEntry("cleanup.policy", "compact");

        StreamsGroupHeartbeatResponseData next = heartbeat("m1", first.memberEpoch(), null, KafkaPrincipal.ANONYMOUS);
        int tasks = 0;
        while (tasks == 0) { // the first assignment waits for others to join
            Thread.sleep(100);
            next = heartbeat("m1", next.memberEpoch(), null, KafkaPrincipal.ANONYMOUS);
            tasks = next.activeTasks() == null ? 0 : next.activeTasks().size();
        }
        assertThat(statuses(next)).doesNotContain(StreamsGroupHeartbeatResponse.Status.MISSING_INTERNAL_TOPICS.code());
        assertThat(next.activeTasks())
                .hasSize(2)
                .allSatisfy(task -> assertThat(task.partitions()).hasSize(3));
    }

    @Test
    void whoMayNotCreateTopicsIsTold() throws InterruptedException {
        StreamsGroupHeartbeatResponseData first = join("m1", new KafkaPrincipal("User", "mallory"));

        assertThat(first.status())
                .filteredOn(status ->
                        status.statusCode() == StreamsGroupHeartbeatResponse.Status.MISSING_INTERNAL_TOPICS.code())
                .singleElement()
                .satisfies(status -> assertThat(status.statusDetail())
                        .contains("Unauthorized to CREATE on topics " + REPARTITION + ", " + CHANGELOG));
        assertThat(partitions(REPARTITION)).isEmpty();
    }

    @Test
    void whyTopicsCouldNotBeMadeIsTold() throws InterruptedException {
        broker.cluster().controlPlane().away(true);
        StreamsGroupHeartbeatResponseData first = join("m1", KafkaPrincipal.ANONYMOUS);

        StreamsGroupHeartbeatResponseData second = heartbeat("m1", first.memberEpoch(), null, KafkaPrincipal.ANONYMOUS);

        assertThat(second.status())
                .anySatisfy(status -> assertThat(status.statusDetail())
                        .contains("Creation failed: " + REPARTITION)
                        .contains("the test's control plane is away"));
        broker.cluster().controlPlane().away(false);
        heartbeat("m1", second.memberEpoch(), null, KafkaPrincipal.ANONYMOUS);
        assertThat(partitions(REPARTITION)).hasValue(3);
    }

    @Test
    void aClusterThatWasCreatedWithoutThemHasNone() throws InterruptedException {
        broker.cluster().feature("streams.version", 0);

        assertThat(heartbeat("m1", 0, topology(), KafkaPrincipal.ANONYMOUS).errorCode())
                .isEqualTo(Errors.UNSUPPORTED_VERSION.code());
    }

    @Test
    void whatIsSetForAGroupIsInForceAtOnceAndAfterACoordinatorIsMadeAnew() throws InterruptedException {
        assertThat(consumer().heartbeatIntervalMs()).isEqualTo(5000);

        configure("7000");
        assertThat(consumer().heartbeatIntervalMs()).isEqualTo(7000);

        configure("8000");
        try (GroupHome fresh = broker.newGroups()) {
            assertThat(consumer(fresh).heartbeatIntervalMs()).isEqualTo(8000);
        }
    }

    private void configure(String millis) {
        broker.cluster()
                .change(MetalogRecords.setConfigs(
                        new ConfigResource(ConfigResource.Type.GROUP, "readers"),
                        Map.of("consumer.heartbeat.interval.ms", Optional.of(millis))));
    }

    private ConsumerGroupHeartbeatResponseData consumer() throws InterruptedException {
        return consumer(groups);
    }

    private static ConsumerGroupHeartbeatResponseData consumer(GroupHome groups) throws InterruptedException {
        ConsumerGroupHeartbeatRequestData request = new ConsumerGroupHeartbeatRequestData()
                .setGroupId("readers")
                .setMemberId("m1")
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(60_000)
                .setSubscribedTopicNames(List.of("words"))
                .setTopicPartitions(List.of());
        var exchange = Exchanges.of(ApiKeys.CONSUMER_GROUP_HEARTBEAT, 0, request);
        while (true) {
            try {
                Reply reply = new ConsumerGroupHeartbeatHandler(groups)
                        .handle(exchange)
                        .join();
                var answer = ((ConsumerGroupHeartbeatResponse) ((Reply.Answer) reply).response()).data();
                if (answer.errorCode() == Errors.NONE.code()) {
                    return answer;
                }
                assertThat(Errors.forCode(answer.errorCode()))
                        .isIn(Errors.NOT_COORDINATOR, Errors.COORDINATOR_LOAD_IN_PROGRESS);
            } catch (CompletionException loading) {
                assertThat(loading.getCause())
                        .isInstanceOfAny(CoordinatorLoadInProgressException.class, NotCoordinatorException.class);
            }
            Thread.sleep(20);
        }
    }

    private static Topology topology() {
        return new Topology()
                .setEpoch(0)
                .setSubtopologies(List.of(
                        new Subtopology()
                                .setSubtopologyId("0")
                                .setSourceTopics(List.of("words"))
                                .setRepartitionSinkTopics(List.of(REPARTITION)),
                        new Subtopology()
                                .setSubtopologyId("1")
                                .setRepartitionSourceTopics(List.of(new TopicInfo().setName(REPARTITION)))
                                .setStateChangelogTopics(List.of(new TopicInfo()
                                        .setName(CHANGELOG)
                                        .setTopicConfigs(List.of(new StreamsGroupHeartbeatRequestData.KeyValue()
                                                .setKey("cleanup.policy")
                                                .setValue("compact")))))));
    }

    private StreamsGroupHeartbeatResponseData join(String member, KafkaPrincipal who) throws InterruptedException {
        return heartbeat(member, 0, topology(), who);
    }

    private StreamsGroupHeartbeatResponseData heartbeat(
            String member, int epoch, @Nullable Topology topology, KafkaPrincipal who) throws InterruptedException {
        StreamsGroupHeartbeatRequestData request = new StreamsGroupHeartbeatRequestData()
                .setGroupId("app")
                .setMemberId(member)
                .setMemberEpoch(epoch)
                .setTopology(topology);
        if (epoch == 0) {
            request.setProcessId("p")
                    .setRebalanceTimeoutMs(60_000)
                    .setClientTags(List.of())
                    .setActiveTasks(List.of())
                    .setStandbyTasks(List.of())
                    .setWarmupTasks(List.of());
        }
        var exchange = Exchanges.of(ApiKeys.STREAMS_GROUP_HEARTBEAT, 0, request, who);
        while (true) {
            Reply reply = new StreamsGroupHeartbeatHandler(groups, groups.autoCreation())
                    .handle(exchange)
                    .join();
            var answer = ((StreamsGroupHeartbeatResponse) ((Reply.Answer) reply).response()).data();
            Errors error = Errors.forCode(answer.errorCode());
            if (error != Errors.NOT_COORDINATOR && error != Errors.COORDINATOR_LOAD_IN_PROGRESS) {
                return answer;
            }
            Thread.sleep(20);
        }
    }

    private static List<Byte> statuses(StreamsGroupHeartbeatResponseData answer) {
        return answer.status() == null
                ? List.of()
                : answer.status().stream().map(Status::statusCode).toList();
    }

    private OptionalInt partitions(String topic) {
        var image = broker.cluster().image();
        return image.topicId(topic).map(image::partitions).orElse(OptionalInt.empty());
    }
}
