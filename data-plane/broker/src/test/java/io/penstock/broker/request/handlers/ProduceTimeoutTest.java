// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.broker.request.ProgressListener;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.broker.testing.Exchanges;
import io.penstock.broker.testing.TestRuntime;
import io.penstock.log.LogRuntime;
import io.penstock.log.PartitionRef;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ProduceTimeoutTest {
    private final BrokerInMemory broker = BrokerInMemory.started();
    private final TestRuntime threads = new TestRuntime();
    private final List<Runnable> timeouts = new CopyOnWriteArrayList<>();
    private final CountDownLatch asleep = new CountDownLatch(1);
    private final CountDownLatch awake = new CountDownLatch(1);

    @AfterEach
    void stop() {
        awake.countDown();
        broker.close();
        threads.close();
    }

    /// With the answer the network takes its buffer back, and the log reads an unsequenced batch from it.
    @Test
    void nobodyIsAnsweredWhileTheLogHasNotReadTheBatch() throws InterruptedException {
        broker.cluster().createTopic("t", 1, Map.of());
        broker.cluster().onProgress(new SleepsWhenTold());
        ProduceHandler handler =
                new ProduceHandler(broker.cluster(), broker.gate(), new TimersByHand(), threads.workers());
        CompletableFuture<Reply> first = handler.handle(produce("puts the log to sleep"));
        asleep.await();

        CompletableFuture<Reply> second = handler.handle(produce("waits for the log"));
        timeouts.getLast().run();
        assertThat(second).isNotDone();

        awake.countDown();
        assertThat(error(second.join())).isEqualTo(Errors.REQUEST_TIMED_OUT);
        assertThat(error(first.join())).isEqualTo(Errors.NONE);
    }

    private static RequestExchange produce(String value) {
        ProduceRequestData.TopicProduceData topic = new ProduceRequestData.TopicProduceData().setName("t");
        topic.partitionData()
                .add(new ProduceRequestData.PartitionProduceData()
                        .setIndex(0)
                        .setRecords(MemoryRecords.withRecords(
                                Compression.NONE, new SimpleRecord(1, value.getBytes(StandardCharsets.UTF_8)))));
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(100);
        request.topicData().add(topic);
        return Exchanges.of(ApiKeys.PRODUCE, 12, request);
    }

    private static Errors error(Reply reply) {
        ProduceResponse response = (ProduceResponse) ((Reply.Answer) reply).response();
        return Errors.forCode(response.data()
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .getFirst()
                .errorCode());
    }

    /// Runs on the log's own actor.
    private final class SleepsWhenTold implements ProgressListener {
        @Override
        public void highWatermarkAdvanced(PartitionRef partition, long highWatermark) {
            asleep.countDown();
            try {
                awake.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final class TimersByHand implements LogRuntime {
        @Override
        public long wallMillis() {
            return threads.wallMillis();
        }

        @Override
        public long nanos() {
            return threads.nanos();
        }

        @Override
        public RandomGenerator random() {
            return threads.random();
        }

        @Override
        public Executor newActor(String name) {
            return threads.newActor(name);
        }

        @Override
        public Timer schedule(Duration delay, Executor actor, Runnable task) {
            timeouts.add(task);
            return () -> {};
        }
    }
}
