// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.api.Operation;
import io.penstock.api.ProblemCode;
import io.penstock.api.ResourceRef;
import io.penstock.control.access.Caller;
import io.penstock.control.fleet.Member.Standing;
import io.penstock.control.operation.OperationService;
import io.penstock.control.operation.OperationSteps;
import io.penstock.control.operation.Requester;
import io.penstock.control.operation.Workflow;
import io.penstock.control.problem.ProblemException;
import io.penstock.metadata.ClusterImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the operations of brokers in step with what becomes of them.
final class BrokerOperations implements BrokerJournal {
    private static final Logger log = LoggerFactory.getLogger(BrokerOperations.class);
    private static final Requester NOBODY = new Requester(Caller.SYSTEM, "", "");

    private final OperationService operations;
    private final OperationSteps steps;
    private final Supplier<BrokerRegistry> registry;
    private final Function<String, ClusterImage> images;
    private final Supplier<Map<String, FleetWish>> desired;

    /// @param images cluster id → its newest image
    /// @param desired fleet id → what it should be
    BrokerOperations(
            OperationService operations,
            OperationSteps steps,
            Supplier<BrokerRegistry> registry,
            Function<String, ClusterImage> images,
            Supplier<Map<String, FleetWish>> desired) {
        this.operations = operations;
        this.steps = steps;
        this.registry = registry;
        this.images = images;
        this.desired = desired;
    }

    @Override
    public void begins(BrokerWorkflow workflow, Broker broker) {
        operations.start(NOBODY, workflow.workflow(), Optional.empty(), ref(broker));
    }

    private static ResourceRef ref(Broker broker) {
        return new ResourceRef("Broker", broker.id(), "/v1/fleets/" + broker.fleetId() + "/brokers/" + broker.id());
    }

    /// The broker's operation of this kind, if there was one.
    Optional<Operation> of(BrokerWorkflow workflow, String brokerId) {
        return operations.newest(workflow.workflow().type(), brokerId);
    }

    /// Notes a step just before it is done. Whoever ends here leaves everything to the next look.
    void begin(BrokerWorkflow workflow, String brokerId, String step) {
        of(workflow, brokerId).filter(op -> !op.state().ended()).ifPresent(op -> steps.begin(op.id(), step));
    }

    /// A look at everything that has not ended.
    void follow() {
        for (Operation operation : operations.unfinished(BrokerWorkflow.types())) {
            try {
                follow(operation);
            } catch (RuntimeException e) {
                log.warn("event=operation_not_followed operation={} cause={}", operation.id(), e.toString());
            }
        }
    }

    /// Where an operation stands, by what is.
    private sealed interface Stand {
        record At(String step) implements Stand {}

        record Done() implements Stand {}

        record Failed(String why) implements Stand {}
    }

    private void follow(Operation operation) {
        var workflow = BrokerWorkflow.ofType(operation.type());
        switch (stand(workflow, operation)) {
            case Stand.At(String step) -> advance(operation, workflow.workflow(), step);
            case Stand.Done() -> {
                advance(
                        operation,
                        workflow.workflow(),
                        workflow.workflow().steps().getLast());
                steps.end(operation.id(), () -> operations.succeeded(operation.id()));
            }
            case Stand.Failed(String why) ->
                steps.end(
                        operation.id(),
                        () -> operations.failed(operation.id(), ProblemException.of(ProblemCode.INVALID_STATE, why)));
        }
    }

    /// Every step is noted on its own, so that none is skipped where a look came late.
    private void advance(Operation operation, Workflow workflow, String step) {
        List<String> all = workflow.steps();
        String running = operation.progress().step();
        int from = running == null ? 0 : all.indexOf(running) + 1;
        for (String next : all.subList(from, Math.max(from, all.indexOf(step) + 1))) {
            steps.begin(operation.id(), next);
        }
    }

    private Stand stand(BrokerWorkflow workflow, Operation operation) {
        String brokerId = operation.resource().id();
        Optional<Broker> broker = registry.get().broker(brokerId);
        return switch (workflow) {
            case START ->
                broker.map(BrokerOperations::started)
                        .orElseGet(() -> new Stand.Failed("Its process ended before it served."));
            case REPLACE -> replaced(fleetOf(operation));
            case DRAIN ->
                broker.isEmpty()
                        ? new Stand.Done()
                        : broker.get().phase() == BrokerPhase.DRAINING
                                ? new Stand.At(
                                        leadsSomething(broker.get().fleetId(), brokerId)
                                                ? BrokerWorkflow.MOVE_SHARDS
                                                : BrokerWorkflow.LEAVE)
                                : new Stand.Failed("It is " + broker.get().phase() + ".");
        };
    }

    private static Stand started(Broker broker) {
        return switch (broker.phase()) {
            case STARTING -> {
                if (broker.sessionTokenHash().isPresent()) {
                    yield new Stand.At(BrokerWorkflow.SERVE);
                }
                yield new Stand.At(
                        broker.process().isPresent() ? BrokerWorkflow.REGISTER : BrokerWorkflow.START_PROCESS);
            }
            case SERVING, DRAINING, SUSPECTED -> new Stand.Done();
            case LOST, RETIRED -> new Stand.Failed("Its process ended before it served.");
        };
    }

    private Stand replaced(String fleetId) {
        for (String clusterId : registry.get().clustersOf(fleetId)) {
            Roster roster = registry.get().roster(clusterId);
            boolean deadLeads = images.apply(clusterId).shards().incarnations().entrySet().stream()
                    .anyMatch(known ->
                            !known.getValue().retired() && roster.standingOf(known.getKey()) == Standing.GIVEN_UP);
            if (deadLeads) {
                return new Stand.At(BrokerWorkflow.MOVE_SHARDS);
            }
        }
        long serving = registry.get().brokers(fleetId).stream()
                .filter(broker -> broker.phase() == BrokerPhase.SERVING)
                .count();
        FleetWish wish = desired.get().get(fleetId);
        return wish != null && wish.isManaged() && serving < wish.brokers()
                ? new Stand.At(BrokerWorkflow.RESTORE_SIZE)
                : new Stand.Done();
    }

    private boolean leadsSomething(String fleetId, String brokerId) {
        return registry.get().clustersOf(fleetId).stream().anyMatch(clusterId -> {
            var shards = images.apply(clusterId).shards();
            return registry.get().roster(clusterId).members().values().stream()
                    .anyMatch(member -> member.brokerId().equals(brokerId)
                            && !shards.ledBy(member.incarnation()).isEmpty());
        });
    }

    private static String fleetOf(Operation operation) {
        return operation.resource().href().split("/", -1)[3];
    }
}
