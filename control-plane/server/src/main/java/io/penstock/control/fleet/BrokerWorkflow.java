// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.control.operation.Workflow;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What happens to brokers and takes longer, as operations that people can follow.
///
/// The fleet's reconciler, placement and failover do the work from what *is*, so a crash anywhere is finished by the
/// next look; these steps only say how far it has come.
enum BrokerWorkflow {
    /// From the wish for a broker until it serves.
    START("broker.start", List.of(BrokerWorkflow.START_PROCESS, BrokerWorkflow.REGISTER, BrokerWorkflow.SERVE)),
    /// From the moment a broker is given up until others lead its shards and the fleet is as large as it should be.
    REPLACE("broker.replace", List.of(BrokerWorkflow.MOVE_SHARDS, BrokerWorkflow.RESTORE_SIZE)),
    /// From the wish that a broker leaves until its process has ended.
    DRAIN("broker.drain", List.of(BrokerWorkflow.MOVE_SHARDS, BrokerWorkflow.LEAVE));

    static final String START_PROCESS = "start_process";
    static final String REGISTER = "register";
    static final String SERVE = "serve";
    static final String MOVE_SHARDS = "move_shards";
    static final String RESTORE_SIZE = "restore_size";
    static final String LEAVE = "leave";

    private final Workflow workflow;

    BrokerWorkflow(String type, List<String> steps) {
        this.workflow = new Workflow(type, steps);
    }

    Workflow workflow() {
        return workflow;
    }

    static Set<String> types() {
        return Arrays.stream(values()).map(w -> w.workflow.type()).collect(Collectors.toUnmodifiableSet());
    }

    static BrokerWorkflow ofType(String type) {
        return Arrays.stream(values())
                .filter(w -> w.workflow.type().equals(type))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no operation of brokers: " + type));
    }
}
