// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.penstock.broker.authentication.ListenerPolicy;
import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.broker.testing.Certificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.RequestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// Whatever bytes come, the broker goes on serving, keeps nothing of them and has no error of its own.
///
/// The corpus is `fuzz/frames.txt`, requests that a fleet was once sent, with `fuzz/evil.txt` beside
/// it: what was made by hand to hurt. `-Dpenstock.fuzz.rounds=N` and `-Dpenstock.fuzz.seed=N` try more
/// and others.
@Timeout(300)
class FuzzedBytesTest {
    private static final int ROUNDS =
            Integer.getInteger("penstock.fuzz.rounds", Boolean.getBoolean("penstock.all") ? 20 : 1);
    private static final long SEED = Long.getLong("penstock.fuzz.seed", 1);
    private static final int ANSWER_WITHIN_MILLIS = 20;

    @TempDir
    Path folder = Path.of("");

    private final ListAppender<ILoggingEvent> errors = new ListAppender<>();
    private final ResourceLeakDetector.Level usual = ResourceLeakDetector.getLevel();

    @BeforeEach
    void watch() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        errors.start();
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).addAppender(errors);
    }

    @AfterEach
    void stopWatching() {
        ResourceLeakDetector.setLevel(usual);
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).detachAppender(errors);
    }

    @Test
    void anOpenPortSurvivesAnyBytes() throws Exception {
        try (BrokerInMemory broker = BrokerInMemory.started()) {
            broker.cluster().createTopic("t", 1, Map.of());
            assault(broker);
            assertThat(answersApiVersions(broker)).isTrue();
            nothingIsLeft(broker);
        }
    }

    @Test
    void aPortThatAsksWhoComesSurvivesAnyBytes() throws Exception {
        try (BrokerInMemory broker = BrokerInMemory.started(ListenerPolicy::authenticated)) {
            assault(broker);
            assertThat(answersApiVersions(broker)).isTrue();
            nothingIsLeft(broker);
        }
    }

    @Test
    void aPortWithinTlsSurvivesAnyBytes() throws Exception {
        Certificates own = Certificates.selfSigned(folder, "CN=broker", "*.example");
        try (BrokerInMemory broker = BrokerInMemory.startedWithin(own.in(folder))) {
            assault(broker);
            nothingIsLeft(broker);
        }
    }

    @Test
    void announcingMuchTakesLittle() throws Exception {
        int connections = 200;
        try (BrokerInMemory broker = BrokerInMemory.started()) {
            long before = PooledByteBufAllocator.DEFAULT.metric().usedHeapMemory();
            List<Socket> open = new ArrayList<>();
            for (int n = 0; n < connections; n++) {
                Socket socket = connected(broker);
                socket.getOutputStream()
                        .write(ByteBuffer.allocate(5)
                                .putInt(100 << 20)
                                .put((byte) 0)
                                .array());
                open.add(socket);
            }
            await().until(() -> broker.network().connections(broker.cluster().clusterId()) == connections);

            // Pools grow by chunks of megabytes, so not to the byte; before, each connection took 64 KiB.
            assertThat(PooledByteBufAllocator.DEFAULT.metric().usedHeapMemory() - before)
                    .isLessThan(connections * (16L << 10) + (8 << 20));
            for (Socket socket : open) {
                socket.close();
            }
            nothingIsLeft(broker);
        }
    }

    // ---- the assault

    private void assault(BrokerInMemory broker) throws IOException {
        List<byte[]> frames = corpus("/fuzz/frames.txt");
        for (byte[] evil : corpus("/fuzz/evil.txt")) {
            send(broker, evil);
        }
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            for (byte[] frame : frames) {
                send(broker, changed(frame, frames, random));
            }
        }
    }

    private static List<byte[]> corpus(String resource) throws IOException {
        try (InputStream in = requireNonNull(FuzzedBytesTest.class.getResourceAsStream(resource))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> HexFormat.of().parseHex(line.substring(line.lastIndexOf(' ') + 1)))
                    .toList();
        }
    }

    /// One to three changes; the length in front stays true in half of the cases, so that bodies are
    /// read.
    private static byte[] changed(byte[] frame, List<byte[]> others, SplittableRandom random) {
        byte[] bytes = frame.clone();
        for (int n = random.nextInt(1, 4); n > 0; n--) {
            int at = random.nextInt(Math.min(12, bytes.length - 1), bytes.length);
            switch (random.nextInt(7)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes[at] = (byte) 0xff;
                case 3 -> bytes = Arrays.copyOf(bytes, at);
                case 4 -> {
                    int gap = random.nextInt(1, 9);
                    byte[] longer = Arrays.copyOf(bytes, bytes.length + gap);
                    System.arraycopy(bytes, at, longer, at + gap, bytes.length - at);
                    bytes = longer;
                }
                case 5 -> {
                    byte[] other = others.get(random.nextInt(others.size()));
                    byte[] joined = Arrays.copyOf(bytes, at + other.length);
                    System.arraycopy(other, 0, joined, at, other.length);
                    bytes = joined;
                }
                default -> {
                    // The header: another API, another version.
                    int header = random.nextInt(4, Math.min(8, bytes.length));
                    bytes[header] = (byte) random.nextInt(128);
                }
            }
            if (bytes.length < 9) {
                return bytes;
            }
        }
        if (random.nextBoolean()) {
            ByteBuffer.wrap(bytes).putInt(bytes.length - 4);
        }
        return bytes;
    }

    private static Socket connected(BrokerInMemory broker) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), broker.address().getPort()));
        socket.setSoTimeout(ANSWER_WITHIN_MILLIS);
        return socket;
    }

    private static void send(BrokerInMemory broker, byte[] bytes) throws IOException {
        try (Socket socket = connected(broker)) {
            socket.getOutputStream().write(bytes);
            socket.getInputStream().readNBytes(4);
        } catch (SocketTimeoutException | SocketException refused) {
            assertThat(refused).isNotNull(); // silence and a reset are answers, too
        }
    }

    // ---- afterwards

    private static boolean answersApiVersions(BrokerInMemory broker) throws IOException {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(ApiKeys.API_VERSIONS.id)
                .setRequestApiVersion((short) 0)
                .setClientId("sane")
                .setCorrelationId(1);
        ByteBuffer request = RequestUtils.serialize(
                header,
                (short) 1,
                new ApiVersionsRequest.Builder().build((short) 0).data(),
                (short) 0);
        try (Socket socket = connected(broker)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(ByteBuffer.allocate(4 + request.remaining())
                            .putInt(request.remaining())
                            .put(request)
                            .array());
            return ByteBuffer.wrap(socket.getInputStream().readNBytes(8)).getInt(4) == 1;
        }
    }

    private void nothingIsLeft(BrokerInMemory broker) {
        await().until(() -> broker.network().connections(broker.cluster().clusterId()) == 0
                && broker.network().requestBytesInFlight() == 0);
        // Leaks are told when a collected buffer is noticed by the allocation of another.
        for (int n = 0; n < 3; n++) {
            System.gc();
            PooledByteBufAllocator.DEFAULT.heapBuffer(16).release();
        }
        assertThat(errors.list.stream()
                        .filter(event -> event.getLevel().isGreaterOrEqual(Level.ERROR))
                        .map(event -> event.getLoggerName() + ": " + event.getFormattedMessage() + " "
                                + event.getKeyValuePairs() + " "
                                + (event.getThrowableProxy() == null
                                        ? ""
                                        : event.getThrowableProxy().getClassName() + " "
                                                + event.getThrowableProxy().getMessage()))
                        .distinct())
                .isEmpty();
    }
}
