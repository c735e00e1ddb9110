// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.broker.authentication.ClusterIdentities;
import io.penstock.broker.authentication.ListenerPolicy;
import io.penstock.broker.authentication.TrustedIssuer;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.broker.request.RequestRouter;
import io.penstock.broker.testing.TestCluster;
import io.penstock.broker.testing.TestRuntime;
import io.penstock.kafka.protocol.FetchedRecords;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.RequestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A client that asks for much and takes little.
@Timeout(30)
class SlowReaderTest {
    private static final int RESPONSE_BYTES = 8 << 20;
    private static final int IN_FLIGHT = 4;
    private static final int REQUESTS = 40;

    private final TestRuntime runtime = new TestRuntime();
    private final TestCluster cluster = new TestCluster(runtime, TestCluster.settings(1, false));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final NetworkServer server = new NetworkServer(
            new NetworkSettings(1, 1 << 20, 9, 9, IN_FLIGHT, 1 << 20, 1 << 20, Duration.ofMinutes(1), 1 << 20),
            runtime,
            runtime.workers(),
            registry);
    private final ListenerPolicy policy = ListenerPolicy.open(new ClusterIdentities(
            cluster::image, Optional.empty(), new TrustedIssuer(runtime, runtime.workers()), runtime::wallMillis));

    /// Answers every fetch with the same large buffer.
    private static final class Generous implements RequestHandler {
        private final ByteBuffer large = ByteBuffer.allocate(RESPONSE_BYTES).asReadOnlyBuffer();
        private final AtomicInteger handled = new AtomicInteger();

        @Override
        public ApiKeys api() {
            return ApiKeys.FETCH;
        }

        @Override
        public CompletableFuture<Reply> handle(RequestExchange exchange) {
            handled.incrementAndGet();
            FetchResponseData data = new FetchResponseData();
            FetchResponseData.FetchableTopicResponse topic =
                    new FetchResponseData.FetchableTopicResponse().setTopic("t");
            topic.partitions().add(FetchedRecords.attach(new FetchResponseData.PartitionData(), List.of(large)));
            data.responses().add(topic);
            return CompletableFuture.completedFuture(Reply.of(FetchResponse.of(data)));
        }
    }

    @AfterEach
    void stop() {
        server.close();
        runtime.close();
    }

    @Test
    void whoDoesNotTakeAnswersIsNotReadAndGetsAllOfThemInTheEnd() throws IOException {
        Generous handler = new Generous();
        InetSocketAddress address = server.bind(
                        new Door(new RequestRouter(cluster, List.of(handler)), policy), "127.0.0.1", 0)
                .join()
                .address();
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            byte[] request = request();
            for (int i = 0; i < REQUESTS; i++) {
                client.getOutputStream().write(request);
            }
            await().until(() -> handler.handled.get() > 0);
            DataInputStream in = new DataInputStream(client.getInputStream());
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);

            // What was read at once with the first request may be at work or wait; nothing more is let in.
            assertThat(handler.handled.get()).isLessThan(REQUESTS);
            for (int i = 1; i < REQUESTS; i++) {
                assertThat(in.readInt()).isEqualTo(frame.length);
                in.readFully(frame);
            }
            assertThat(handler.handled.get()).isEqualTo(REQUESTS);
        }
    }

    private static byte[] request() {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(ApiKeys.FETCH.id)
                .setRequestApiVersion((short) 12)
                .setClientId("me")
                .setCorrelationId(5);
        ByteBuffer body = RequestUtils.serialize(header, (short) 2, new FetchRequestData(), (short) 12);
        ByteBuffer frame = ByteBuffer.allocate(4 + body.remaining());
        frame.putInt(body.remaining()).put(body);
        return frame.array();
    }
}
