// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.control.fleet.BrokerProvisioner.BrokerLaunch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalProcessProvisionerIT extends BrokerProvisionerContract {
    private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();

    @TempDir
    Path data;

    /// Says its arguments and waits.
    private BrokerProvisioner waiting() {
        return withScript("echo \"$@\"; exec sleep 1000");
    }

    private BrokerProvisioner withScript(String script) {
        return new LocalProcessProvisioner(
                new LocalProcessSettings(List.of("/bin/sh", "-c", script, "broker"), () -> "127.0.0.1:9190", data),
                THREADS);
    }

    @Override
    BrokerProvisioner provisioner() {
        return waiting();
    }

    @Override
    BrokerProvisioner successor() {
        return waiting();
    }

    @Test
    void aBrokerGetsItsArgumentsAndASecretThatOthersCannotRead() throws IOException {
        ProcessRef process = waiting().start(new BrokerLaunch("brk_7", "flt_1", 7, "zone-b", "s3cret"), () -> {});
        try {
            Path token = data.resolve("join-tokens/brk_7");
            assertThat(Files.readString(token)).isEqualTo("s3cret");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
                    .isEqualTo("rw-------");
            Path out = data.resolve("logs/broker-7-brk_7.out");
            await().until(() -> !Files.readString(out).isEmpty());
            assertThat(Files.readString(out).strip())
                    .isEqualTo("--control-plane 127.0.0.1:9190 --fleet flt_1 --join-token-file " + token
                            + " --log-file " + data.resolve("logs/broker-7-brk_7.log") + " --zone zone-b");
        } finally {
            waiting().kill(process);
        }
    }

    @Test
    void aBrokerIsTheLeaderOfItsOwnSession() throws IOException {
        ProcessRef process = waiting().start(new BrokerLaunch("brk_8", "flt_1", 8, "", "s"), () -> {});
        try {
            await().until(() -> session(process.pid()) == process.pid());
        } finally {
            waiting().kill(process);
        }
    }

    /// The sixth field of `/proc/<pid>/stat` (proc(5)).
    private static long session(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3]);
    }
}
