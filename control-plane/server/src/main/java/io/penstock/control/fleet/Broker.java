// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import java.time.Instant;
import java.util.Optional;

/// One broker process, from the wish for it to its end. Immutable: every step of its life is a new value, and
/// only legal steps exist. Repeated reports change nothing.
///
/// @param nodeId its number for Kafka clients, unique among the living of its fleet
/// @param reason why it is in its phase; for people
/// @param epoch orders processes
/// @param joinTokenHash of the secret its provisioner gave it
/// @param processToken which process used that secret
/// @param process how its provisioner knows it
public record Broker(
        String id,
        String fleetId,
        int nodeId,
        BrokerPhase phase,
        String reason,
        Instant phaseSince,
        String zone,
        String host,
        long epoch,
        String software,
        String joinTokenHash,
        Optional<String> sessionTokenHash,
        Optional<String> processToken,
        Optional<ProcessRef> process) {

    static Broker wished(
            String id,
            String fleetId,
            int nodeId,
            String zone,
            String host,
            long epoch,
            String joinTokenHash,
            Instant at) {
        return new Broker(
                id,
                fleetId,
                nodeId,
                BrokerPhase.STARTING,
                "",
                at,
                zone,
                host,
                epoch,
                "",
                joinTokenHash,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /// Its provisioner has started the process.
    Broker started(ProcessRef ref) {
        return new Broker(
                id,
                fleetId,
                nodeId,
                phase,
                reason,
                phaseSince,
                zone,
                host,
                epoch,
                software,
                joinTokenHash,
                sessionTokenHash,
                processToken,
                Optional.of(ref));
    }

    /// The process said who it is.
    Broker registered(String token, String sessionHash, String itsSoftware, String itsZone) {
        return new Broker(
                id,
                fleetId,
                nodeId,
                phase,
                reason,
                phaseSince,
                itsZone.isEmpty() ? zone : itsZone,
                host,
                epoch,
                itsSoftware,
                joinTokenHash,
                Optional.of(sessionHash),
                Optional.of(token),
                process);
    }

    /// @throws IllegalPhaseChange if its life does not lead there
    Broker to(BrokerPhase next, String because, Instant at) {
        if (next == phase) {
            return this;
        }
        if (!phase.next().contains(next)) {
            throw new IllegalPhaseChange(id, phase, next);
        }
        return new Broker(
                id,
                fleetId,
                nodeId,
                next,
                because,
                at,
                zone,
                host,
                epoch,
                software,
                joinTokenHash,
                sessionTokenHash,
                processToken,
                process);
    }

    /// Where a broker goes whose process has ended: in order only if it had been asked to leave.
    BrokerPhase phaseAfterExit(boolean toldToRetire) {
        return switch (phase) {
            case DRAINING -> BrokerPhase.RETIRED;
            case SUSPECTED -> toldToRetire ? BrokerPhase.RETIRED : BrokerPhase.LOST;
            case STARTING, SERVING -> BrokerPhase.LOST;
            case LOST, RETIRED -> phase;
        };
    }
}
