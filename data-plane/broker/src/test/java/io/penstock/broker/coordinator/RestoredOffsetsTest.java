// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.MetalogRecords;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RestoredOffsetsTest {
    private static final long NOTHING = -1;

    private final BrokerInMemory broker = BrokerInMemory.started();
    private final Uuid orders = topics();
    private final GroupHome groups = broker.newGroups();

    private Uuid topics() {
        broker.cluster().createTopic(Topic.GROUP_METADATA_TOPIC_NAME, 1, Map.of("cleanup.policy", "compact"));
        return broker.cluster().createTopic("orders", 1, Map.of());
    }

    @AfterEach
    void close() {
        groups.close();
        broker.close();
    }

    private void commit(long offset) throws InterruptedException {
        while (GroupOffsets.commit(groups, offset).join() != Errors.NONE) {
            Thread.sleep(50); // the coordinator is still being elected
        }
    }

    private void change(MetalogRecord record) {
        broker.cluster().change(List.of(record));
    }

    @Test
    void aRestoredTopicHasWhatGroupsHadCommitted() throws Exception {
        commit(42);

        change(MetalogRecords.softDeleteTopic(orders));
        change(MetalogRecords.freeName(orders));
        change(MetalogRecords.restoreTopic(orders));

        assertThat(GroupOffsets.committed(groups)).isEqualTo(42);
    }

    @Test
    void whatWasCommittedForATopicThatNobodyCanHaveBackIsForgotten() throws Exception {
        commit(42);

        change(MetalogRecords.softDeleteTopic(orders));
        change(MetalogRecords.freeName(orders));
        change(MetalogRecords.purgeTopic(orders));
        change(MetalogRecords.topicDropped(orders));
        broker.cluster().createTopic("orders", 1, Map.of());

        assertThat(GroupOffsets.committed(groups)).isEqualTo(NOTHING);
    }

    @Test
    void aTopicThatTakesTheNameOfADeletedOneBeginsWithoutOffsets() throws Exception {
        commit(42);

        change(MetalogRecords.softDeleteTopic(orders));
        change(MetalogRecords.freeName(orders));
        broker.cluster().createTopic("orders", 1, Map.of());
        assertThat(GroupOffsets.committed(groups)).isEqualTo(NOTHING);

        commit(7);
        change(MetalogRecords.purgeTopic(orders));
        assertThat(GroupOffsets.committed(groups)).isEqualTo(7);
    }

    @Test
    void aTopicThatIsDeletedForGoodTakesItsOffsetsAlong() throws Exception {
        commit(42);

        broker.cluster().change(MetalogRecords.deleteTopic(orders));
        change(MetalogRecords.topicDropped(orders));
        broker.cluster().createTopic("orders", 1, Map.of());

        assertThat(GroupOffsets.committed(groups)).isEqualTo(NOTHING);
    }
}
