// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.control.fleet.BrokerProvisioner.BrokerLaunch;
import io.penstock.control.fleet.BrokerProvisioner.Liveness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What every provisioner promises.
abstract class BrokerProvisionerContract {
    private final List<ProcessRef> started = new ArrayList<>();
    private final AtomicInteger ends = new AtomicInteger();

    /// A provisioner whose processes run until they are told to end.
    abstract BrokerProvisioner provisioner();

    /// Another one, as a restarted control plane would have it.
    abstract BrokerProvisioner successor();

    @AfterEach
    void endProcesses() {
        started.forEach(provisioner()::kill);
        await().until(() -> started.stream().allMatch(p -> provisioner().liveness(p) == Liveness.ENDED));
    }

    @Test
    void aStartedProcessRuns() {
        ProcessRef process = start(0);

        assertThat(provisioner().liveness(process)).isEqualTo(Liveness.RUNNING);
        assertThat(ends).hasValue(0);
    }

    @Test
    void processesAreToldApart() {
        assertThat(start(0)).isNotEqualTo(start(1));
    }

    @Test
    void aKilledProcessEndsAndItsEndIsToldOnce() {
        ProcessRef process = start(0);

        provisioner().kill(process);
        provisioner().kill(process);

        await().untilAtomic(ends, org.hamcrest.Matchers.is(1));
        assertThat(provisioner().liveness(process)).isEqualTo(Liveness.ENDED);
    }

    @Test
    void aProcessThatIsAskedToLeaveEnds() {
        ProcessRef process = start(0);

        provisioner().stop(process);
        provisioner().stop(process);

        await().untilAtomic(ends, org.hamcrest.Matchers.is(1));
    }

    @Test
    void aSuccessorAdoptsWhatRunsAndHearsOfItsEnd() {
        ProcessRef process = start(0);
        var heard = new AtomicInteger();
        BrokerProvisioner successor = successor();

        successor.adopt(process, heard::incrementAndGet);

        assertThat(successor.liveness(process)).isEqualTo(Liveness.RUNNING);
        successor.kill(process);
        await().atMost(Duration.ofSeconds(20)).untilAtomic(heard, org.hamcrest.Matchers.is(1));
    }

    @Test
    void aSuccessorHearsAtOnceOfWhatEndedBefore() {
        ProcessRef process = start(0);
        provisioner().kill(process);
        await().untilAtomic(ends, org.hamcrest.Matchers.is(1));
        var heard = new AtomicInteger();

        successor().adopt(process, heard::incrementAndGet);

        await().untilAtomic(heard, org.hamcrest.Matchers.is(1));
    }

    @Test
    void aProcessIdThatIsUsedAgainIsSomebodyElse() {
        ProcessRef process = start(0);
        var other = new ProcessRef(process.pid(), process.startedAt().minusSeconds(5));

        assertThat(provisioner().liveness(other)).isEqualTo(Liveness.ENDED);
        provisioner().kill(other);
        assertThat(provisioner().liveness(process)).isEqualTo(Liveness.RUNNING);
    }

    private ProcessRef start(int nodeId) {
        ProcessRef process = provisioner()
                .start(new BrokerLaunch("brk_" + nodeId, "flt_1", nodeId, "", "secret"), ends::incrementAndGet);
        started.add(process);
        return process;
    }
}
