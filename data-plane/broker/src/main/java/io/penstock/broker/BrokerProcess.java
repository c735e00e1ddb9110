// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.penstock.broker.control.BrokerIdentity;
import io.penstock.broker.control.ControlSession;
import io.penstock.broker.control.Membership;
import io.penstock.broker.leadership.TakeoverRehearsal;
import io.penstock.broker.network.TlsFiles;
import io.penstock.broker.runtime.ThreadedRuntime;
import io.penstock.log.PendingBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Wires a broker to real time, threads and stores, and runs it until it is told to stop.
final class BrokerProcess {
    private final String controlPlane;
    private final String fleet;
    private final Path joinTokenFile;
    private final String zone;
    private final int metricsPort;
    private final boolean allowModelledStores;
    private final Optional<Path> storeModel;
    private final Optional<TlsFiles> tls;
    private final Optional<Path> identityFolder;
    private final String host;

    BrokerProcess(
            String controlPlane,
            String fleet,
            Path joinTokenFile,
            String zone,
            int metricsPort,
            boolean allowModelledStores,
            Optional<Path> storeModel,
            Optional<TlsFiles> tls,
            Optional<Path> identityFolder,
            String host) {
        this.controlPlane = controlPlane;
        this.fleet = fleet;
        this.joinTokenFile = joinTokenFile;
        this.zone = zone;
        this.metricsPort = metricsPort;
        this.allowModelledStores = allowModelledStores;
        this.storeModel = storeModel;
        this.tls = tls;
        this.identityFolder = identityFolder;
        this.host = host;
    }

    int run() throws Exception {
        Logger log = LoggerFactory.getLogger(BrokerProcess.class);
        byte[] token = new byte[16];
        new SecureRandom().nextBytes(token);
        // Batches wait twice: as slots being filled, and as slots being put. A quarter of the heap for them leaves the
        // rest to
        // caches and requests, however many clusters are served.
        PendingBudget pending =
                new PendingBudget(Math.max(32L << 20, Runtime.getRuntime().maxMemory() / 4));
        int cores = Runtime.getRuntime().availableProcessors();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        Gauge.builder("penstock.broker.unflushed", pending, PendingBudget::bytes)
                .baseUnit("bytes")
                .description("Sequenced and not yet durable, in all clusters of this process")
                .register(registry);
        CountDownLatch closed = new CountDownLatch(1);
        try (JvmGcMetrics gc = new JvmGcMetrics();
                MetricsEndpoint metrics = new MetricsEndpoint(metricsPort, registry);
                ThreadedRuntime runtime = new ThreadedRuntime("penstock", Math.max(2, cores), pending);
                ExecutorService workers = Executors.newFixedThreadPool(
                        Math.max(2, cores),
                        Thread.ofPlatform().daemon(true).name("worker-", 0).factory());
                OpenedStores stores = new OpenedStores(runtime.random(), registry, allowModelledStores, storeModel)) {
            gc.bindTo(registry);
            BrokerIdentity identity = new BrokerIdentity(
                    fleet,
                    joinToken(),
                    HexFormat.of().formatHex(token),
                    version(),
                    zone,
                    ProcessHandle.current().pid(),
                    metrics.port());
            log.info("starting {} version={} controlPlane={}", identity, version(), controlPlane);
            Optional<ControlSession.Joining> joining = identityFolder.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new ControlSession.Joining(Membership.in(identityFolder.get()), host));
            try (Broker broker = new Broker(
                    BrokerSettings.of(controlPlane, identity, joining, tls), runtime, workers, stores, registry)) {
                Runtime.getRuntime()
                        .addShutdownHook(new Thread(
                                () -> {
                                    broker.drain();
                                    try {
                                        closed.await();
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                },
                                "sigterm"));
                broker.start();
                new TakeoverRehearsal(runtime).run();
                log.info("finished: {}", broker.finished().join());
            }
            workers.shutdownNow();
        } finally {
            closed.countDown();
        }
        return 0;
    }

    /// A host that has joined before needs none.
    private String joinToken() throws IOException {
        return identityFolder.isPresent() && !Files.exists(joinTokenFile)
                ? ""
                : Files.readString(joinTokenFile).strip();
    }

    private static String version() {
        String version = BrokerProcess.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
