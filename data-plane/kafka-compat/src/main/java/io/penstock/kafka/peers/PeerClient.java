// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.peers;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.internals.FatalExitError;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.NetworkReceive;
import org.apache.kafka.common.network.Selectable;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.InterBrokerSendThread;
import org.apache.kafka.server.util.RequestAndCompletionHandler;
import org.jspecify.annotations.Nullable;

/// Asks other brokers of one cluster, itself included, as their client.
///
/// Costs nothing before the first request, then one thread and a connection per broker that was asked
/// lately. Every request is answered, or fails with [PeerAway] within its time.
public final class PeerClient implements AutoCloseable {
    private static final int REQUEST_TIMEOUT_MILLIS = 30_000;
    private static final int IDLE_MILLIS = 540_000; // as Kafka's connections.max.idle.ms of clients
    private static final int BACKOFF_MILLIS = 50;
    private static final int SETUP_MILLIS = 10_000;
    /// A broker answers a connection's requests in their order, so they are pipelined.
    private static final int MAX_IN_FLIGHT = 1000;

    private final String name;
    private final Map<String, Object> security;
    private @Nullable Sender sender;
    private boolean closed;

    /// @param name of the cluster, for logs
    /// @param security settings of a Kafka client, `security.protocol` and what belongs to it; empty
    /// for plaintext
    public PeerClient(String name, Map<String, Object> security) {
        this.name = name;
        this.security = Map.copyOf(security);
    }

    /// Sends the request in the newest version that both speak.
    public CompletableFuture<AbstractResponse> ask(String host, int port, AbstractRequest.Builder<?> request) {
        Sender present;
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(new PeerAway("this broker does not serve the cluster any more"));
            }
            if (sender == null) {
                sender = newSender();
                sender.start();
            }
            present = sender;
        }
        return present.ask(host, port, request);
    }

    @Override
    public void close() {
        Sender present;
        synchronized (this) {
            closed = true;
            present = sender;
        }
        if (present == null) {
            return;
        }
        try {
            present.shutdown();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            present.failAll("this broker does not serve the cluster any more");
            present.metrics.close();
        }
    }

    private Sender newSender() {
        Map<String, Object> config = new HashMap<>(security);
        config.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1"); // wanted, and not used
        LogContext context = new LogContext("[peers of " + name + "] ");
        Metrics metrics = new Metrics();
        NetworkClient client = new NetworkClient(
                new Selector(
                        NetworkReceive.UNLIMITED,
                        IDLE_MILLIS,
                        metrics,
                        Time.SYSTEM,
                        "peers",
                        Map.of(),
                        false,
                        ClientUtils.createChannelBuilder(new AdminClientConfig(config), Time.SYSTEM, context),
                        context),
                new ManualMetadataUpdater(),
                "penstock-peer",
                MAX_IN_FLIGHT,
                BACKOFF_MILLIS,
                BACKOFF_MILLIS,
                Selectable.USE_DEFAULT_BUFFER_SIZE,
                Selectable.USE_DEFAULT_BUFFER_SIZE,
                REQUEST_TIMEOUT_MILLIS,
                SETUP_MILLIS,
                SETUP_MILLIS,
                Time.SYSTEM,
                true,
                new ApiVersions(),
                context,
                MetadataRecoveryStrategy.NONE);
        return new Sender(name, client, metrics);
    }

    private static final class Sender extends InterBrokerSendThread {
        private final Queue<RequestAndCompletionHandler> unsent = new ConcurrentLinkedQueue<>();
        private final Map<Long, CompletableFuture<AbstractResponse>> unanswered = new ConcurrentHashMap<>();
        private final AtomicLong requests = new AtomicLong();
        private final Map<String, Node> nodes = new ConcurrentHashMap<>();
        /// Not the map's size: two nodes that are met at once would share it, and each other's requests.
        private final AtomicInteger nodeIds = new AtomicInteger();
        private final KafkaClient client;
        private final Metrics metrics;

        private Sender(String name, KafkaClient client, Metrics metrics) {
            super("peers-" + name, client, REQUEST_TIMEOUT_MILLIS, Time.SYSTEM);
            this.client = client;
            this.metrics = metrics;
            setDaemon(true);
        }

        private CompletableFuture<AbstractResponse> ask(String host, int port, AbstractRequest.Builder<?> request) {
            CompletableFuture<AbstractResponse> answer = new CompletableFuture<>();
            long number = requests.incrementAndGet();
            unanswered.put(number, answer);
            // Nodes are told apart by their addresses: a broker that comes back elsewhere is another one.
            Node node = nodes.computeIfAbsent(
                    host + ":" + port, address -> new Node(nodeIds.getAndIncrement(), host, port));
            unsent.add(new RequestAndCompletionHandler(Time.SYSTEM.milliseconds(), node, request, response -> {
                unanswered.remove(number);
                answered(response, node, answer);
            }));
            client.wakeup();
            return answer;
        }

        private static void answered(ClientResponse response, Node node, CompletableFuture<AbstractResponse> answer) {
            AbstractResponse body = response.responseBody();
            if (body != null) {
                answer.complete(body);
            } else if (response.authenticationException() != null) {
                answer.completeExceptionally(response.authenticationException());
            } else if (response.versionMismatch() != null) {
                answer.completeExceptionally(response.versionMismatch());
            } else {
                answer.completeExceptionally(new PeerAway(node.host() + ":" + node.port() + " did not answer"));
            }
        }

        @Override
        public Collection<RequestAndCompletionHandler> generateRequests() {
            List<RequestAndCompletionHandler> requests = new ArrayList<>();
            for (RequestAndCompletionHandler next = unsent.poll(); next != null; next = unsent.poll()) {
                requests.add(next);
            }
            return requests;
        }

        /// Kafka ends the process for what it did not foresee here; a broker has other clusters to serve.
        @Override
        public void doWork() {
            try {
                super.doWork();
            } catch (FatalExitError bug) {
                log.error("requests to other brokers are lost", bug);
                failAll("the request was lost");
            }
        }

        private void failAll(String why) {
            unanswered.keySet().forEach(number -> {
                CompletableFuture<AbstractResponse> answer = unanswered.remove(number);
                if (answer != null) {
                    answer.completeExceptionally(new PeerAway(why));
                }
            });
        }
    }
}
