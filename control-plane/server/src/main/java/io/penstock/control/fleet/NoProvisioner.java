// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

/// Nobody told this control plane how to start brokers: those that were started keep serving, and no others come.
final class NoProvisioner implements BrokerProvisioner {
    @Override
    public boolean canStart() {
        return false;
    }

    @Override
    public ProcessRef start(BrokerLaunch launch, Runnable onEnd) {
        throw new IllegalStateException("no broker can be started: set penstock.broker.command");
    }

    @Override
    public void adopt(ProcessRef process, Runnable onEnd) {}

    @Override
    public Liveness liveness(ProcessRef process) {
        return Liveness.UNKNOWN;
    }

    @Override
    public void stop(ProcessRef process) {}

    @Override
    public void kill(ProcessRef process) {}
}
