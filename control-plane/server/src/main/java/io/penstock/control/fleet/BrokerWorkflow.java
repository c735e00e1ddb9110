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
    START,
    /// From the moment a broker is given up until others lead its shards and the fleet is as large as it should be.
    REPLACE,
    /// From the wish that a broker leaves until its process has ended.
    DRAIN;

    static final String START_PROCESS = "start_process";
    static final String REGISTER = "register";
    static final String SERVE = "serve";
    static final String MOVE_SHARDS = "move_shards";
    static final String RESTORE_SIZE = "restore_size";
    static final String LEAVE = "leave";

    Workflow workflow() {
        return switch (this) {
            case START -> new Workflow("broker.start", List.of(START_PROCESS, REGISTER, SERVE));
            case REPLACE -> new Workflow("broker.replace", List.of(MOVE_SHARDS, RESTORE_SIZE));
            case DRAIN -> new Workflow("broker.drain", List.of(MOVE_SHARDS, LEAVE));
        };
    }

    static Set<String> types() {
        return Arrays.stream(values()).map(w -> w.workflow().type()).collect(Collectors.toUnmodifiableSet());
    }

    static BrokerWorkflow ofType(String type) {
        return Arrays.stream(values())
                .filter(w -> w.workflow().type().equals(type))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no operation of brokers: " + type));
    }
}
