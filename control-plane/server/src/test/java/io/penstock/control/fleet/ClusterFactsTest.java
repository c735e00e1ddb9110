// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.brokerapi.v1.CheckpointReached;
import io.penstock.brokerapi.v1.TopicDropped;
import io.penstock.control.MemoryMetalog;
import io.penstock.metadata.ClusterSettings;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.MetalogRecords;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterFactsTest {
    private static final String CLUSTER = "kc_1";
    private static final Uuid TOPIC = new Uuid(11, 22);

    private final MemoryMetalog metalog = new MemoryMetalog(event -> {});
    private final ClusterFacts facts = new ClusterFacts(metalog);

    @BeforeEach
    void aClusterWhoseFirstShardsHaveMovedTwice() {
        metalog.createCluster(CLUSTER, "tn_1", "bkt_1", ClusterSettings.defaults("orders"));
        led(new Incarnation(0, 1), 0); // entry 2
        led(new Incarnation(0, 2), 1); // entry 3
        led(new Incarnation(0, 3), 2); // entry 4
    }

    @Test
    void checkpointsOfManyShardsBecomeOneEntry() {
        facts.checkpoint(checkpoint(0, 4));
        facts.checkpoint(checkpoint(1, 3));
        facts.checkpoint(checkpoint(1, 4));

        facts.write();

        assertThat(metalog.image(CLUSTER).number()).isEqualTo(5);
        assertThat(epochs(0)).containsExactly(4);
        assertThat(epochs(1)).containsExactly(4);
        assertThat(epochs(2)).containsExactly(2, 3, 4);
    }

    @Test
    void aCheckpointThatTrimsNothingMakesNoEntry() {
        facts.checkpoint(checkpoint(0, 2));

        facts.write();
        facts.write();

        assertThat(metalog.image(CLUSTER).number()).isEqualTo(4);
    }

    @Test
    void aCheckpointBeyondTheImageIsIgnored() {
        facts.checkpoint(checkpoint(0, 99));

        facts.write();

        assertThat(epochs(0)).containsExactly(2, 3, 4);
    }

    @Test
    void aTopicsNameIsFreeWhenEveryShardHasDroppedIt() {
        change(MetalogRecords.createTopic("gone", TOPIC, 2, 1, 16, Map.of()));
        change(MetalogRecords.deleteTopic(TOPIC));
        List<ShardId> shards = metalog.image(CLUSTER).shardsOf(TOPIC);
        assertThat(shards).hasSize(2);

        facts.topicDropped("brk_1", dropped(shards.getFirst()));
        assertThat(metalog.image(CLUSTER).dropping()).containsKey(TOPIC);

        facts.topicDropped("brk_2", dropped(shards.getLast()));
        assertThat(metalog.image(CLUSTER).dropping()).isEmpty();
    }

    @Test
    void aTopicThatCanBeRestoredKeepsItsNameUntilEveryLeaderKnowsOfItsDeletion() {
        change(MetalogRecords.createTopic("gone", TOPIC, 2, 1, 16, Map.of()));
        change(List.of(MetalogRecords.softDeleteTopic(TOPIC)));
        List<ShardId> shards = metalog.image(CLUSTER).shardsOf(TOPIC);
        int deletion = metalog.image(CLUSTER).number();

        facts.topicDropped("brk_1", closed(shards.getFirst(), deletion));
        facts.topicDropped("brk_2", closed(shards.getLast(), deletion - 1));
        assertThat(nameIsTaken()).as("one does not know of it").isTrue();

        facts.topicDropped("brk_2", closed(shards.getLast(), deletion));
        assertThat(nameIsTaken()).isFalse();
    }

    @Test
    void whatWasSaidOfADeletionThatWasTakenBackIsForgotten() {
        change(MetalogRecords.createTopic("gone", TOPIC, 2, 1, 16, Map.of()));
        change(List.of(MetalogRecords.softDeleteTopic(TOPIC)));
        List<ShardId> shards = metalog.image(CLUSTER).shardsOf(TOPIC);
        int first = metalog.image(CLUSTER).number();
        facts.topicDropped("brk_1", closed(shards.getFirst(), first));
        change(List.of(MetalogRecords.restoreTopic(TOPIC)));
        change(List.of(MetalogRecords.softDeleteTopic(TOPIC)));

        facts.topicDropped("brk_2", closed(shards.getLast(), first + 2));

        assertThat(nameIsTaken()).isTrue();
    }

    @Test
    void toKnowOfADeletionIsNotToHaveDroppedTheTopic() {
        change(MetalogRecords.createTopic("gone", TOPIC, 2, 1, 16, Map.of()));
        change(List.of(MetalogRecords.softDeleteTopic(TOPIC)));
        change(List.of(MetalogRecords.freeName(TOPIC)));
        change(List.of(MetalogRecords.purgeTopic(TOPIC)));
        int purged = metalog.image(CLUSTER).number();

        metalog.image(CLUSTER).shardsOf(TOPIC).forEach(shard -> facts.topicDropped("brk_1", closed(shard, purged)));
        assertThat(metalog.image(CLUSTER).dropping()).containsKey(TOPIC);

        metalog.image(CLUSTER).shardsOf(TOPIC).forEach(shard -> facts.topicDropped("brk_1", dropped(shard)));
        assertThat(metalog.image(CLUSTER).dropping()).isEmpty();
    }

    private boolean nameIsTaken() {
        return requireNonNull(metalog.image(CLUSTER).restorable().get(TOPIC)).nameTaken();
    }

    private static TopicDropped closed(ShardId shard, int appliedEntry) {
        return dropped(shard).toBuilder()
                .setRestorable(true)
                .setAppliedEntry(appliedEntry)
                .build();
    }

    private void led(Incarnation by, int node) {
        var records = new ArrayList<MetalogRecord>();
        records.add(new MetalogRecord.IncarnationAnnounced(by, node, "127.0.0.1", 9092 + node, Optional.empty(), node));
        for (int shard = 0; shard < 3; shard++) {
            records.add(new MetalogRecord.ShardAssigned(new ShardId(shard), by));
        }
        change(records);
    }

    private void change(List<MetalogRecord> records) {
        assertThat(metalog.change(CLUSTER, image -> records).stored()).isDone();
    }

    private List<Integer> epochs(int shard) {
        return metalog.image(CLUSTER).shards().history(new ShardId(shard)).stream()
                .map(tenure -> tenure.epoch().number())
                .toList();
    }

    private static CheckpointReached checkpoint(int shard, int below) {
        return CheckpointReached.newBuilder()
                .setClusterId(CLUSTER)
                .setShard(shard)
                .setBelowEpoch(below)
                .build();
    }

    private static TopicDropped dropped(ShardId shard) {
        return TopicDropped.newBuilder()
                .setClusterId(CLUSTER)
                .setTopicId(TOPIC.toString())
                .addShards(shard.number())
                .build();
    }
}
