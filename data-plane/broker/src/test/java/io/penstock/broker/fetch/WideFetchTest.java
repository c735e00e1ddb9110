// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.broker.request.Reply;
import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.broker.testing.Clients;
import io.penstock.broker.testing.Exchanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A consumer that reads very many partitions: what it costs is what has changed.
class WideFetchTest {
    private static final int PARTITIONS = 10_000;
    /// What the log's own timers may send meanwhile.
    private static final long BACKGROUND = 100;

    private final BrokerInMemory broker = BrokerInMemory.started();
    private final FetchHandler handler = new FetchHandler(
            broker.cluster(),
            FetchSessions.withDefaults(new Random(1)),
            broker.runtime(),
            broker.runtime().workers());
    private Uuid topic = Uuid.ZERO_UUID;
    private int session;

    @BeforeEach
    void aSessionThatHasReadEverything() {
        topic = broker.cluster().createTopic("wide", PARTITIONS, Map.of());
        List<FetchPartition> all = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            all.add(wanted(partition, 0));
        }
        long before = broker.runtime().messages();

        FetchResponseData first = fetch(0, FetchMetadata.INITIAL_EPOCH, 0, all).join();

        assertThat(first.responses().getFirst().partitions()).hasSize(PARTITIONS);
        session = first.sessionId();
        assertThat(session).isPositive();
        assertThat(broker.runtime().messages() - before)
                .as("one question for all")
                .isLessThan(BACKGROUND);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void whereNothingHasChangedTheLogIsNotAsked() {
        long before = broker.runtime().messages();

        for (int epoch = 1; epoch <= 20; epoch++) {
            assertThat(fetch(session, epoch, 5, List.of()).join().responses()).isEmpty();
        }

        assertThat(broker.runtime().messages() - before).isLessThan(BACKGROUND);
    }

    @Test
    void aRecordIsReadFromItsPartitionAlone() throws Exception {
        CompletableFuture<FetchResponseData> waiting = fetch(session, 1, 60_000, List.of());
        long before = broker.runtime().messages();

        try (var producer = Clients.producer(broker, Map.of())) {
            producer.send(new ProducerRecord<>("wide", 77, "k", "v")).get();
        }

        assertThat(partitionsWithRecords(waiting.join())).containsExactly(77);
        assertThat(partitionsWithRecords(fetch(session, 2, 0, List.of()).join()))
                .as("as long as its offset is not asked for, it is sent again")
                .containsExactly(77);
        assertThat(fetch(session, 3, 0, List.of(wanted(77, 1))).join().responses())
                .isEmpty();
        assertThat(broker.runtime().messages() - before).isLessThan(BACKGROUND);
    }

    private static List<Integer> partitionsWithRecords(FetchResponseData answer) {
        return answer.responses().stream()
                .flatMap(one -> one.partitions().stream())
                .filter(partition -> FetchResponse.recordsSize(partition) > 0)
                .map(PartitionData::partitionIndex)
                .toList();
    }

    private static FetchPartition wanted(int partition, long offset) {
        return new FetchPartition()
                .setPartition(partition)
                .setFetchOffset(offset)
                .setCurrentLeaderEpoch(-1)
                .setPartitionMaxBytes(1 << 20);
    }

    private CompletableFuture<FetchResponseData> fetch(
            int sessionId, int epoch, int maxWaitMillis, List<FetchPartition> partitions) {
        FetchRequestData request = new FetchRequestData()
                .setMaxWaitMs(maxWaitMillis)
                .setMinBytes(1)
                .setMaxBytes(50 << 20)
                .setSessionId(sessionId)
                .setSessionEpoch(epoch);
        if (!partitions.isEmpty()) {
            request.setTopics(List.of(new FetchTopic().setTopicId(topic).setPartitions(partitions)));
        }
        return handler.handle(Exchanges.of(ApiKeys.FETCH, 17, request))
                .thenApply(reply -> ((FetchResponse) ((Reply.Answer) reply).response()).data());
    }
}
