// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import java.io.DataInputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.requests.ResponseHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NetworkServerTest {
    private static final short VERSION = 4;

    private final TestRuntime runtime = new TestRuntime();
    private final TestCluster cluster = new TestCluster(runtime, TestCluster.settings(1, false));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final OnDemand handler = new OnDemand();
    private final NetworkServer server = new NetworkServer(settings(), runtime, runtime.workers(), registry);
    private final RequestRouter router = new RequestRouter(cluster, List.of(handler));
    private final ListenerPolicy policy = ListenerPolicy.open(new ClusterIdentities(
            cluster::image, Optional.empty(), new TrustedIssuer(runtime, runtime.workers()), runtime::wallMillis));

    private static NetworkSettings settings() {
        return new NetworkSettings(1, 1 << 20, 2, 2, 4, 1 << 20, 1 << 20, Duration.ofMinutes(1), 1 << 20);
    }

    /// Answers when the test says so. A heartbeat's generation is its name.
    private static final class OnDemand implements RequestHandler {
        private final Map<Integer, CompletableFuture<CompletableFuture<Reply>>> arrived = new ConcurrentHashMap<>();

        @Override
        public ApiKeys api() {
            return ApiKeys.HEARTBEAT;
        }

        @Override
        public CompletableFuture<Reply> handle(RequestExchange exchange) {
            CompletableFuture<Reply> reply = new CompletableFuture<>();
            arrival(exchange.body(HeartbeatRequest.class).data().generationId()).complete(reply);
            return reply;
        }

        private CompletableFuture<CompletableFuture<Reply>> arrival(int generation) {
            return arrived.computeIfAbsent(generation, key -> new CompletableFuture<>());
        }

        void answer(int generation) {
            arrival(generation)
                    .join()
                    .complete(
                            Reply.of(new HeartbeatResponse(new HeartbeatResponseData().setThrottleTimeMs(generation))));
        }
    }

    @AfterEach
    void stop() {
        server.close();
        runtime.close();
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() throws IOException {
        try (Socket client = connected()) {
            for (int i = 0; i < 3; i++) {
                heartbeat(client, i);
            }
            handler.answer(2);
            handler.answer(1);
            handler.answer(0);

            for (int i = 0; i < 3; i++) {
                assertThat(response(client).getInt()).isEqualTo(i);
            }
        }
    }

    @Test
    void moreThanTheLimitIsNotStartedBeforeSomethingIsAnswered() throws IOException {
        try (Socket client = connected()) {
            for (int i = 0; i < 6; i++) {
                heartbeat(client, i);
            }
            handler.arrival(3).join();
            assertThat(handler.arrival(4)).isNotDone();

            handler.answer(0);
            handler.arrival(4).join();
            assertThat(handler.arrival(5)).isNotDone();
            for (int i = 1; i < 6; i++) {
                handler.answer(i);
            }

            for (int i = 0; i < 6; i++) {
                assertThat(response(client).getInt()).isEqualTo(i);
            }
        }
    }

    @Test
    void silenceLeavesNoGapInTheOrder() throws IOException {
        try (Socket client = connected()) {
            heartbeat(client, 0);
            heartbeat(client, 1);
            handler.answer(1);
            handler.arrival(0).join().complete(new Reply.Silence(0));

            assertThat(response(client).getInt()).isEqualTo(1);
        }
    }

    @Test
    void aThrottledClientIsAnsweredAtOnceAndReadLater() throws IOException {
        try (Socket client = connected()) {
            heartbeat(client, 0);
            long answered = System.nanoTime();
            handler.arrival(0)
                    .join()
                    .complete(Reply.of(new HeartbeatResponse(new HeartbeatResponseData().setThrottleTimeMs(300))));
            assertThat(response(client).getInt()).isEqualTo(300);
            heartbeat(client, 1);

            handler.arrival(1).join();
            assertThat(System.nanoTime() - answered).isGreaterThanOrEqualTo(300_000_000L);
            handler.answer(1);
            assertThat(response(client).getInt()).isEqualTo(1);
        }
    }

    @Test
    void aHangupClosesAfterWhatWasAnsweredBefore() throws IOException {
        try (Socket client = connected()) {
            heartbeat(client, 0);
            heartbeat(client, 1);
            handler.arrival(1).join().complete(new Reply.Hangup("for the test"));
            handler.answer(0);

            assertThat(response(client).getInt()).isEqualTo(0);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aHandlersFailureIsTheRequestsErrorResponse() throws IOException {
        try (Socket client = connected()) {
            heartbeat(client, 0);
            handler.arrival(0).join().completeExceptionally(new IllegalStateException("for the test"));

            ByteBuffer body = response(client);
            body.getInt();
            assertThat(body.getShort()).isEqualTo((short) -1);
        }
    }

    @Test
    void bytesThatAreNoRequestCloseTheConnectionAndNothingElse() throws IOException {
        try (Socket other = connected()) {
            try (Socket client = connected()) {
                client.getOutputStream().write(new byte[] {0, 0, 0, 5, 9, 9, 9, 9, 9});
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            heartbeat(other, 0);
            handler.answer(0);
            assertThat(response(other).getInt()).isEqualTo(0);
        }
        assertThat(registry.get("penstock.cluster.requests.malformed").counter().count())
                .isEqualTo(1);
    }

    @Test
    void anOversizedFrameClosesTheConnection() throws IOException {
        try (Socket client = connected()) {
            client.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void oneConnectionTooManyIsClosed() throws IOException {
        InetSocketAddress address = listening();
        try (Socket one = connect(address);
                Socket two = connect(address)) {
            heartbeat(one, 0);
            heartbeat(two, 1);
            handler.answer(0);
            handler.answer(1);
            response(one);
            response(two);
            try (Socket three = connect(address)) {
                assertThat(three.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(server.connections("kc_test")).isEqualTo(2);
        }
    }

    @Test
    void aWaitingRequestLearnsThatItsClientHasGone() throws IOException {
        CompletableFuture<BooleanSupplier> gone = new CompletableFuture<>();
        RequestHandler watching = new RequestHandler() {
            @Override
            public ApiKeys api() {
                return ApiKeys.HEARTBEAT;
            }

            @Override
            public CompletableFuture<Reply> handle(RequestExchange exchange) {
                gone.complete(exchange.clientGone());
                return new CompletableFuture<>();
            }
        };
        InetSocketAddress address = server.bind(
                        new Door(new RequestRouter(cluster, List.of(watching)), policy), "127.0.0.1", 0)
                .join()
                .address();
        try (Socket client = connect(address)) {
            heartbeat(client, 0);
            assertThat(gone.join().getAsBoolean()).isFalse();
        }
        await().until(() -> gone.join().getAsBoolean());
    }

    @Test
    void unbindingClosesConnectionsAndFreesThePort() throws IOException {
        NetworkServer.Listening listening =
                server.bind(new Door(router, policy), "127.0.0.1", 0).join();
        try (Socket client = connect(listening.address())) {
            heartbeat(client, 0);
            handler.arrival(0).join();
            listening.unbind().join();

            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        int port = listening.address().getPort();
        assertThat(server.bind(new Door(router, policy), "127.0.0.1", port)
                        .join()
                        .address()
                        .getPort())
                .isEqualTo(port);
    }

    @Test
    void aTakenPortIsToldByName() {
        int port = listening().getPort();

        assertThatThrownBy(() ->
                        server.bind(new Door(router, policy), "127.0.0.1", port).get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(BindException.class)
                .hasMessageContaining("127.0.0.1:" + port);
    }

    @Test
    void apiVersionsTellsWhatIsServedAndNothingElse() throws IOException {
        try (Socket client = connected()) {
            send(
                    client,
                    ApiKeys.API_VERSIONS,
                    (short) 3,
                    new ApiVersionsRequest.Builder().build((short) 3).data());
            ByteBuffer body = response(client, ApiKeys.API_VERSIONS, (short) 3);
            ApiVersionsResponseData data = new ApiVersionsResponseData(new ByteBufferAccessor(body), (short) 3);

            assertThat(data.apiKeys())
                    .extracting(key -> ApiKeys.forId(key.apiKey()))
                    .containsExactlyInAnyOrder(ApiKeys.API_VERSIONS, ApiKeys.HEARTBEAT);
            assertThat(data.finalizedFeatures().find("group.version")).isNotNull();
        }
    }

    private InetSocketAddress listening() {
        return server.bind(new Door(router, policy), "127.0.0.1", 0).join().address();
    }

    private Socket connected() throws IOException {
        return connect(listening());
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        return new Socket(address.getAddress(), address.getPort());
    }

    private static void heartbeat(Socket client, int generation) throws IOException {
        send(
                client,
                ApiKeys.HEARTBEAT,
                VERSION,
                new HeartbeatRequestData().setGroupId("g").setMemberId("m").setGenerationId(generation));
    }

    private static void send(Socket client, ApiKeys api, short version, Message body) throws IOException {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(version)
                .setClientId("me")
                .setCorrelationId(5);
        ByteBuffer request = RequestUtils.serialize(header, api.requestHeaderVersion(version), body, version);
        ByteBuffer frame = ByteBuffer.allocate(4 + request.remaining());
        frame.putInt(request.remaining()).put(request);
        client.getOutputStream().write(frame.array());
    }

    private static ByteBuffer response(Socket client) throws IOException {
        return response(client, ApiKeys.HEARTBEAT, VERSION);
    }

    /// The response's body: what follows the header.
    private static ByteBuffer response(Socket client, ApiKeys api, short version) throws IOException {
        DataInputStream in = new DataInputStream(client.getInputStream());
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        assertThat(ResponseHeader.parse(bytes, api.responseHeaderVersion(version))
                        .correlationId())
                .isEqualTo(5);
        return bytes;
    }
}
