// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import io.penstock.standalone.DataFolder.RunState;
import io.penstock.standalone.StatusCommand.BrokerRow;
import io.penstock.standalone.StatusCommand.ControlPlaneRow;
import io.penstock.standalone.StatusCommand.Status;
import io.penstock.standalone.drill.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The processes of one data folder, for drills.
final class LocalMachine implements Machine {
    private final DataFolder folder;
    private final RunState state;
    private final String bootstrapServers;
    private final StoreTrouble storeTrouble;

    /// @param storeProcess what can be done to the store itself; empty: brokers are made to find it sick
    LocalMachine(DataFolder folder, RunState state, Optional<StoreTrouble> storeProcess) {
        this.folder = folder;
        this.storeTrouble = storeProcess.orElseGet(() -> new ModelledTrouble(this::bucketBecomes));
        this.state = state;
        this.bootstrapServers = Status.of(folder, state).clusters().stream()
                .filter(cluster -> cluster.id().equals(state.clusterId()))
                .findFirst()
                .map(StatusCommand.ClusterRow::bootstrap_servers)
                .orElseThrow(
                        () -> new Trouble(Trouble.UNAVAILABLE, "cluster demo is not there; see ./penstock status"));
    }

    @Override
    public List<BrokerProcess> brokers() {
        return Status.of(folder, state).brokers().stream()
                .filter(row -> row.phase().equals("SERVING"))
                .map(LocalMachine::process)
                .toList();
    }

    private static BrokerProcess process(BrokerRow row) {
        return new BrokerProcess(row.id(), row.node_id(), row.pid(), row.zone());
    }

    @Override
    public String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public StoreTrouble storeTrouble() {
        return storeTrouble;
    }

    @Override
    public void kill(BrokerProcess broker) {
        kill(handle(broker));
    }

    @Override
    public void freeze(BrokerProcess broker) {
        signal("STOP", broker);
    }

    @Override
    public void thaw(BrokerProcess broker) {
        signal("CONT", broker);
    }

    @Override
    public int killAndHoldActiveControlPlane() {
        List<ControlPlaneRow> replicas = Status.of(folder, state).control_plane();
        try {
            Files.writeString(folder.controlPlaneHold(), "held by a drill\n");
        } catch (IOException e) {
            throw new Trouble(
                    Trouble.CANNOT_CREATE, "cannot write " + folder.controlPlaneHold() + ": " + e.getMessage());
        }
        List<ControlPlaneRow> victims =
                replicas.stream().filter(ControlPlaneRow::active).toList();
        (victims.isEmpty() ? replicas : victims)
                .forEach(replica -> ProcessHandle.of(replica.pid()).ifPresent(LocalMachine::kill));
        return replicas.size() - victims.size();
    }

    @Override
    public void scale(int brokers) {
        PenstockApi api = PenstockApi.of(folder, state.httpPorts());
        String fleet = api.named("/v1/fleets", "local").orElseThrow().path("id").asString();
        api.patch("/v1/fleets/" + fleet, Map.of("spec", Map.of("desired_brokers", brokers)));
    }

    @Override
    public List<Integer> shardsLed() {
        return Status.of(folder, state).brokers().stream()
                .map(BrokerRow::shards_led)
                .toList();
    }

    @Override
    public String activeZone() {
        return Status.of(folder, state).control_plane().stream()
                .filter(ControlPlaneRow::active)
                .map(ControlPlaneRow::zone)
                .findFirst()
                .orElse("");
    }

    @Override
    public void killZone(String zone) {
        Status status = Status.of(folder, state);
        Stream.concat(
                        status.control_plane().stream()
                                .filter(replica -> replica.zone().equals(zone))
                                .map(ControlPlaneRow::pid),
                        status.brokers().stream()
                                .filter(broker -> broker.zone().equals(zone))
                                .map(BrokerRow::pid))
                .toList()
                .parallelStream()
                .forEach(pid -> ProcessHandle.of(pid).ifPresent(LocalMachine::kill));
    }

    @Override
    public boolean controlPlaneActs() {
        return Status.of(folder, state).control_plane().stream().anyMatch(ControlPlaneRow::active);
    }

    @Override
    public void releaseControlPlane() {
        try {
            Files.deleteIfExists(folder.controlPlaneHold());
            PenstockApi api = PenstockApi.of(folder, state.httpPorts());
            for (int waited = 0; waited < 1200 && !api.ready(); waited++) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (IOException e) {
            throw new Trouble(
                    Trouble.CANNOT_CREATE, "cannot delete " + folder.controlPlaneHold() + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void bucketBecomes(String parameters) {
        Path file = folder.storeModel();
        try {
            if (parameters.isEmpty()) {
                Files.deleteIfExists(file);
            } else {
                Path written = file.resolveSibling(file.getFileName() + ".new");
                Files.writeString(written, parameters + "\n");
                Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new Trouble(Trouble.CANNOT_CREATE, "cannot write " + file + ": " + e.getMessage());
        }
    }

    @Override
    public long residentBytes(BrokerProcess broker) {
        Path status = Path.of("/proc/" + broker.pid() + "/status");
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0; // no such process, or no such file system
        }
    }

    @Override
    public List<String> fencedPuts(BrokerProcess broker) {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> logs = Files.list(folder.logs())) {
            for (Path log : logs.filter(path -> path.getFileName().toString().contains(broker.id()))
                    .toList()) {
                try (Stream<String> all = Files.lines(log)) {
                    all.filter(line -> line.contains("seal met: slot=")).forEach(lines::add);
                }
            }
        } catch (IOException e) {
            throw new Trouble(Trouble.DATA, "cannot read the logs in " + folder.logs() + ": " + e.getMessage());
        }
        return lines;
    }

    private static ProcessHandle handle(BrokerProcess broker) {
        return ProcessHandle.of(broker.pid())
                .orElseThrow(
                        () -> new Trouble(Trouble.UNAVAILABLE, "broker " + broker.id() + " does not run any more"));
    }

    private static void kill(ProcessHandle process) {
        process.destroyForcibly();
        process.onExit().join();
    }

    private static void signal(String name, BrokerProcess broker) {
        LocalProcesses.signal(name, handle(broker).pid());
    }
}
