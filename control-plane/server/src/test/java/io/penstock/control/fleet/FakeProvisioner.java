// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.objectstore.ObjectStore;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Brokers that live in this JVM. They outlive the control plane of a test as processes would.
final class FakeProvisioner implements BrokerProvisioner {
    private record Running(FakeBroker broker, Runnable onEnd) {}

    private volatile @Nullable ObjectStore store;
    private final Random random = new Random(4711);
    private final AtomicLong pids = new AtomicLong(100);
    private final Map<Long, Running> processes = new ConcurrentHashMap<>();
    private volatile int port;
    /// Whether the end of a process is seen by anybody (a provisioner elsewhere may be blind).
    volatile boolean sighted = true;
    volatile boolean broken;

    /// Where the brokers find the control plane, and the bucket of every cluster.
    void serve(int itsPort, ObjectStore itsStore) {
        port = itsPort;
        store = itsStore;
    }

    @Override
    public boolean canStart() {
        return store != null;
    }

    @Override
    public ProcessRef start(BrokerLaunch launch, Runnable onEnd) {
        if (broken) {
            throw new IllegalStateException("no such program");
        }
        var ref = new ProcessRef(pids.incrementAndGet(), Instant.EPOCH);
        var broker = new FakeBroker(port, Objects.requireNonNull(store), launch.fleetId(), launch.joinToken(), random);
        processes.put(ref.pid(), new Running(broker, onEnd));
        Thread.ofVirtual().start(broker::connect);
        return ref;
    }

    @Override
    public void adopt(ProcessRef process, Runnable onEnd) {
        Running running = processes.get(process.pid());
        if (running == null || !running.broker().isAlive()) {
            onEnd.run();
        } else {
            processes.put(process.pid(), new Running(running.broker(), onEnd));
        }
    }

    @Override
    public Liveness liveness(ProcessRef process) {
        Running running = processes.get(process.pid());
        if (!sighted) {
            return Liveness.UNKNOWN;
        }
        return running != null && running.broker().isAlive() ? Liveness.RUNNING : Liveness.ENDED;
    }

    @Override
    public void stop(ProcessRef process) {
        Optional.ofNullable(processes.get(process.pid()))
                .ifPresent(running -> running.broker().sigterm());
    }

    @Override
    public void kill(ProcessRef process) {
        Optional.ofNullable(processes.get(process.pid())).ifPresent(running -> die(running.broker()));
    }

    /// The process of this broker ends, as by `kill -9`.
    void die(FakeBroker broker) {
        broker.die();
        if (sighted) {
            processes.values().stream()
                    .filter(running -> running.broker().equals(broker))
                    .forEach(running -> Thread.ofVirtual().start(running.onEnd()));
        }
    }

    int port() {
        return port;
    }

    Collection<FakeBroker> brokers() {
        return processes.values().stream()
                .map(Running::broker)
                .filter(FakeBroker::isAlive)
                .sorted(java.util.Comparator.comparingInt(FakeBroker::nodeId))
                .toList();
    }

    List<FakeBroker> all() {
        return processes.values().stream().map(Running::broker).toList();
    }
}
