// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ClusterSettings;
import io.penstock.metadata.ConfigChange;
import io.penstock.metadata.MetalogCodec;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.MetalogRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class TopicPlannerTest {
    private static final UUID CONTROL_PLANE = new UUID(1, 1);

    private ClusterImage image =
            after(ClusterImage.EMPTY, MetalogRecords.createCluster(ClusterSettings.defaults("test")));
    private long nextId = 100;

    @Test
    void whatTheCreatorDoesNotSayIsTheClustersDefault() {
        var result = create(new TopicWish("orders", -1, -1, Map.of())).getFirst();

        assertThat(result.ok()).isTrue();
        assertThat(result.partitions()).isEqualTo(1);
        assertThat(result.replicationFactor()).isEqualTo(3);
    }

    @Test
    void oneCallIsOneEntryAndARefusedTopicDoesNotHoldUpTheOthers() {
        var plan = planner()
                .create(List.of(
                        new TopicWish("good", 2, 1, Map.of()),
                        new TopicWish("bad", 0, 1, Map.of()),
                        new TopicWish("also-good", 3, 1, Map.of("retention.ms", "7"))));

        assertThat(plan.results().stream().map(TopicResult::error))
                .containsExactly(Errors.NONE, Errors.INVALID_PARTITIONS, Errors.NONE);
        image = after(image, plan.records());
        assertThat(image.topicCount()).isEqualTo(2);
        assertThat(image.configs(new ConfigResource(ConfigResource.Type.TOPIC, "also-good")))
                .containsEntry("retention.ms", "7");
    }

    @Test
    void aTopicOfTenThousandPartitionsIsAnEntryOfAFewRecords() {
        var plan = planner().create(List.of(new TopicWish("wide", 10_000, 1, Map.of())));

        assertThat(plan.records()).hasSizeLessThan(5);
        var encoded = MetalogCodec.encode(image.next(CONTROL_PLANE, 1, 0, plan.records()));
        assertThat(encoded.size()).isLessThan(400);
    }

    @Test
    void aNameAskedForTwiceInOneCallIsRefusedBothTimes() {
        var results = create(new TopicWish("twice", 1, 1, Map.of()), new TopicWish("twice", 2, 1, Map.of()));

        assertThat(results).extracting(TopicResult::error).containsOnly(Errors.INVALID_REQUEST);
    }

    @Test
    void namesThatCollideInMetricsAreRefusedAlsoWithinOneCall() {
        create(new TopicWish("a.b", 1, 1, Map.of()));

        assertThat(create(new TopicWish("a_b", 1, 1, Map.of())).getFirst().error())
                .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(create(new TopicWish("c.d", 1, 1, Map.of()), new TopicWish("c_d", 1, 1, Map.of())))
                .extracting(TopicResult::error)
                .containsExactly(Errors.NONE, Errors.INVALID_TOPIC_EXCEPTION);
    }

    @Test
    void aDeletedTopicsNameIsTakenUntilItIsFreed() {
        var id = create(new TopicWish("gone", 1, 1, Map.of())).getFirst().topicId();
        image = after(image, planner().delete(List.of("gone"), List.of()).records());

        assertThat(create(new TopicWish("gone", 1, 1, Map.of())).getFirst().error())
                .isEqualTo(Errors.TOPIC_ALREADY_EXISTS);
        freeName(id);
        assertThat(create(new TopicWish("gone", 1, 1, Map.of())).getFirst().error())
                .isEqualTo(Errors.NONE);
    }

    @Test
    void topicsAreDeletedByNameOrId() {
        var id = create(new TopicWish("by-id", 1, 1, Map.of())).getFirst().topicId();
        create(new TopicWish("by-name", 1, 1, Map.of()));

        var results = planner()
                .delete(List.of("by-name", "unknown"), List.of(id, id, new Uuid(9, 9)))
                .results();

        assertThat(results)
                .extracting(TopicResult::error)
                .containsExactly(
                        Errors.NONE,
                        Errors.UNKNOWN_TOPIC_OR_PARTITION,
                        Errors.NONE,
                        Errors.INVALID_REQUEST,
                        Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void theClustersOwnTopicsAreNotDeleted() {
        create(new TopicWish("__consumer_offsets", 50, 1, Map.of()));

        assertThat(planner()
                        .delete(List.of("__consumer_offsets"), List.of())
                        .results()
                        .getFirst()
                        .error())
                .isEqualTo(Errors.POLICY_VIOLATION);
    }

    @Test
    void partitionsOnlyGrow() {
        create(new TopicWish("growing", 4, 1, Map.of()));

        assertThat(grow("growing", 4)).isEqualTo(Errors.INVALID_PARTITIONS);
        assertThat(grow("growing", 3)).isEqualTo(Errors.INVALID_PARTITIONS);
        assertThat(grow("growing", 10_001)).isEqualTo(Errors.INVALID_PARTITIONS);
        assertThat(grow("nowhere", 3)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(grow("growing", 9)).isEqualTo(Errors.NONE);
        assertThat(image.partitions(image.topicId("growing").orElseThrow())).hasValue(9);
    }

    @Test
    void theClusterHasALimitToo() {
        create(new TopicWish("big", 10_000, 1, Map.of()));
        var small = new TopicSettings(10_000, 10_001, Duration.ofDays(1));

        var results = new TopicPlanner(image, small, this::id)
                .create(List.of(new TopicWish("fits", 1, 1, Map.of()), new TopicWish("does-not", 1, 1, Map.of())))
                .results();

        assertThat(results).extracting(TopicResult::error).containsExactly(Errors.NONE, Errors.POLICY_VIOLATION);
    }

    @Test
    void settingsOfTopicsAndGroupsChangeAndThoseOfBrokersDoNot() {
        create(new TopicWish("set", 1, 1, Map.of()));
        var change = new ConfigChange(ConfigChange.Operation.SET, "retention.ms", Optional.of("9"));

        var results = planner()
                .alter(List.of(
                        new ConfigWish(ConfigResource.Type.TOPIC, "set", List.of(change)),
                        new ConfigWish(ConfigResource.Type.TOPIC, "nowhere", List.of(change)),
                        new ConfigWish(ConfigResource.Type.BROKER, "0", List.of(change)),
                        new ConfigWish(
                                ConfigResource.Type.GROUP,
                                "workers",
                                List.of(new ConfigChange(
                                        ConfigChange.Operation.SET,
                                        "consumer.session.timeout.ms",
                                        Optional.of("50000"))))))
                .results();

        assertThat(results)
                .extracting(TopicResult::error)
                .containsExactly(Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION, Errors.INVALID_CONFIG, Errors.NONE);
        assertThat(results.getFirst().configs()).containsEntry("retention.ms", "9");
    }

    @Test
    void declaringWhatIsAlreadySoNeedsNoEntry() {
        var wish = new TopicWish("same", 2, 1, Map.of("retention.ms", "5"));
        create(wish);

        assertThat(planner().declare(wish).records()).isEmpty();
        assertThat(planner().declare(new TopicWish("same", -1, -1, Map.of())).records())
                .hasSize(1);
        assertThat(planner()
                        .declare(new TopicWish("same", 1, -1, Map.of()))
                        .results()
                        .getFirst()
                        .error())
                .isEqualTo(Errors.INVALID_PARTITIONS);
    }

    @Test
    void aDeletedTopicIsRestoredWithItsIdAndConfigs() {
        var made = create(new TopicWish("orders", 4, 2, Map.of("retention.ms", "7")))
                .getFirst();
        delete("orders");

        assertThat(create(new TopicWish("orders", 1, 1, Map.of())).getFirst().error())
                .isEqualTo(Errors.TOPIC_ALREADY_EXISTS);
        var restored = restore("orders", Optional.empty());

        assertThat(restored.error()).isEqualTo(Errors.NONE);
        assertThat(image.topicId("orders")).contains(made.topicId());
        assertThat(restored.configs()).isEqualTo(Map.of("retention.ms", "7"));
        assertThat(restored.replicationFactor()).isEqualTo(2);
        assertThat(restore("orders", Optional.empty()).error()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void ofSeveralDeletedTopicsTheLastIsRestoredOrTheOneThatIsNamed() {
        var first = create(new TopicWish("orders", 1, 1, Map.of())).getFirst().topicId();
        delete("orders");
        freeName(first);
        var second = create(new TopicWish("orders", 1, 1, Map.of())).getFirst().topicId();

        var tooEarly = restore("orders", Optional.of(first));
        assertThat(tooEarly.error()).isEqualTo(Errors.TOPIC_ALREADY_EXISTS);
        assertThat(tooEarly.message()).contains("made anew since");

        delete("orders");
        assertThat(restore("orders", Optional.of(first)).error())
                .as("the other one's name is not free yet")
                .isEqualTo(Errors.TOPIC_ALREADY_EXISTS);
        freeName(second);
        assertThat(planner()
                        .restore("orders", Optional.empty())
                        .results()
                        .getFirst()
                        .topicId())
                .isEqualTo(second);
        assertThat(restore("orders", Optional.of(first)).error()).isEqualTo(Errors.NONE);
        assertThat(image.topicId("orders")).contains(first);
    }

    @Test
    void aRestoredTopicMustFitIntoTheCluster() {
        create(new TopicWish("big", 6_000, 1, Map.of()));
        delete("big");
        create(new TopicWish("other", 6_000, 1, Map.of()));
        var small = new TopicSettings(10_000, 10_001, Duration.ofDays(1));

        var refused = new TopicPlanner(image, small, this::id)
                .restore("big", Optional.empty())
                .results()
                .getFirst();

        assertThat(refused.error()).isEqualTo(Errors.POLICY_VIOLATION);
    }

    @Test
    void onlyWhatWasDeletedLongAgoAndHasNoNameIsPurged() {
        var orders = create(new TopicWish("orders", 1, 1, Map.of())).getFirst().topicId();
        create(new TopicWish("named", 1, 1, Map.of()));
        delete("orders");
        delete("named");
        freeName(orders);

        assertThat(TopicPlanner.purge(image, Instant.ofEpochMilli(-1))).isEmpty();
        assertThat(TopicPlanner.purge(image, Instant.EPOCH)).containsExactly(MetalogRecords.purgeTopic(orders));
    }

    private void delete(String topic) {
        image = after(image, planner().delete(List.of(topic), List.of()).records());
    }

    private void freeName(Uuid topic) {
        image = after(image, List.of(MetalogRecords.freeName(topic)));
    }

    private TopicResult restore(String topic, Optional<Uuid> id) {
        var plan = planner().restore(topic, id);
        image = after(image, plan.records());
        return plan.results().getFirst();
    }

    private Errors grow(String topic, int total) {
        var plan = planner().grow(Map.of(topic, total));
        image = after(image, plan.records());
        return plan.results().getFirst().error();
    }

    private List<TopicResult> create(TopicWish... wishes) {
        var plan = planner().create(List.of(wishes));
        image = after(image, plan.records());
        return plan.results();
    }

    private TopicPlanner planner() {
        return new TopicPlanner(image, new TopicSettings(10_000, 200_000, Duration.ofDays(1)), this::id);
    }

    private Uuid id() {
        return new Uuid(7, nextId++);
    }

    private static ClusterImage after(ClusterImage before, List<MetalogRecord> records) {
        if (records.isEmpty()) {
            return before;
        }
        var step = before.apply(before.next(CONTROL_PLANE, before.number(), 0, records));
        assertThat(step.voidReason()).isEmpty();
        return step.after();
    }
}
