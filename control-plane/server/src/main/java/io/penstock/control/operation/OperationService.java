// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.operation;

import io.penstock.api.Operation;
import io.penstock.api.ProblemCode;
import io.penstock.api.ResourceRef;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.access.Scope;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.IdGenerator;
import io.penstock.control.resource.IdPrefix;
import io.penstock.control.resource.OrderedPages;
import io.penstock.control.resource.OrderedPages.Source;
import io.penstock.control.resource.Page;
import io.penstock.control.resource.Reach;
import io.penstock.control.resource.SortColumn;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.data.domain.Limit;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/// Starts operations, notes how far they are, and lets callers follow them.
///
/// Whoever starts one also drives it: this module knows no work. All notes are repeatable.
@Service
public class OperationService {
    private static final Map<String, SortColumn> COLUMNS = Map.of(
            "created_at", SortColumn.time("created_at"),
            "type", SortColumn.text("type"),
            "state", SortColumn.text("state"));
    /// What operations can be ordered by.
    public static final Set<String> SORTABLE = COLUMNS.keySet();

    private static final Duration KEPT = Duration.ofDays(30);

    private final Operations operations;
    private final OrderedPages pages;
    private final OperationWaiters waiters;
    private final ApplicationEventPublisher events;
    private final IdGenerator ids;
    private final Clock clock;

    OperationService(
            Operations operations,
            OrderedPages pages,
            OperationWaiters waiters,
            ApplicationEventPublisher events,
            IdGenerator ids,
            Clock clock) {
        this.operations = operations;
        this.pages = pages;
        this.waiters = waiters;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /// Inside the caller's transaction, so that the wish and its operation commit together.
    @Transactional
    public Operation start(Requester requester, Workflow workflow, Optional<String> tenantId, ResourceRef resource) {
        var operation = new OperationRecord(
                ids.next(IdPrefix.OPERATION),
                workflow.type(),
                tenantId,
                resource,
                workflow.steps(),
                requester,
                clock.instant());
        return operations.saveAndFlush(operation).view();
    }

    /// Those of these types that have not ended, oldest first.
    @Transactional(readOnly = true)
    public List<Operation> unfinished(Set<String> types) {
        return operations.findByTypeInAndFinishedAtIsNullOrderById(types).stream()
                .map(OperationRecord::view)
                .toList();
    }

    /// The newest of this type that was begun for a resource.
    @Transactional(readOnly = true)
    public Optional<Operation> newest(String type, String resourceId) {
        return operations
                .findFirstByTypeAndResourceIdOrderByIdDesc(type, resourceId)
                .map(OperationRecord::view);
    }

    @Transactional
    public void reached(String operationId, String step) {
        operations.lock(operationId).ifPresent(operation -> operation.reached(step, clock.instant()));
    }

    @Transactional
    public void remarked(String operationId, String message) {
        operations.lock(operationId).ifPresent(operation -> operation.remarked(message));
    }

    @Transactional
    public void succeeded(String operationId) {
        operations.lock(operationId).ifPresent(operation -> {
            operation.succeeded(clock.instant());
            events.publishEvent(new OperationEnded(operationId));
        });
    }

    @Transactional
    public void failed(String operationId, ProblemException why) {
        operations.lock(operationId).ifPresent(operation -> {
            var view = operation.view();
            operation.failed(why.document("/v1/operations/" + operationId, view.requestId()), clock.instant());
            events.publishEvent(new OperationEnded(operationId));
        });
    }

    @Transactional
    public void cancelled(String operationId) {
        operations.lock(operationId).ifPresent(operation -> {
            operation.cancelled(clock.instant());
            events.publishEvent(new OperationEnded(operationId));
        });
    }

    /// Whether somebody asked to stop it: drivers look between two steps.
    @Transactional(readOnly = true)
    public boolean cancelling(String operationId) {
        return operations.findById(operationId).map(OperationRecord::cancelling).orElse(false);
    }

    @Transactional(readOnly = true)
    public Operation find(Caller caller, String id) {
        caller.require(Permission.OPERATION_READ);
        return visible(caller, id).view();
    }

    /// As it is when it has ended, or when the patience is over. Holds no database connection meanwhile.
    public Operation await(Caller caller, String id, Duration patience) {
        caller.require(Permission.OPERATION_READ);
        return waiters.await(id, patience, () -> visible(caller, id).view());
    }

    @Transactional(readOnly = true)
    public Page<Operation> list(Caller caller, OperationFilter filter, Page.Request request) {
        caller.require(Permission.OPERATION_READ);
        var reach = caller.reach(Permission.OPERATION_READ);
        if (!request.order().isUsual()) {
            return pages.page(
                    new Source(
                            "operations",
                            "id",
                            COLUMNS,
                            Reach.of("tenant_id", "resource_id") + " and (:resource = '' or resource_id = :resource)"
                                    + " and (:state = '' or state = :state)",
                            Map.of("reach", reach, "resource", filter.resourceId(), "state", filter.state())),
                    request,
                    ids -> operations.findByIdIn(ids).stream()
                            .map(OperationRecord::view)
                            .toList(),
                    Operation::id);
        }
        var rows = operations.page(
                request.after(), reach, filter.resourceId(), filter.state(), Limit.of(request.size() + 1));
        return Page.cut(rows.stream().map(OperationRecord::view).toList(), request.size(), Operation::id);
    }

    @Transactional(readOnly = true)
    public long count(Caller caller, OperationFilter filter) {
        return operations.countOf(caller.reach(Permission.OPERATION_READ), filter.resourceId(), filter.state());
    }

    @Transactional
    public Operation cancel(Caller caller, String id) {
        caller.require(Permission.OPERATION_READ);
        var operation = visible(caller, id, operations.lock(id));
        // What may start a thing may stop it.
        caller.require(
                operation.tenantId().isPresent() ? Permission.CLUSTER_MANAGE : Permission.FLEET_MANAGE,
                scope(operation));
        if (!operation.cancellationAsked()) {
            throw ProblemException.of(
                    ProblemCode.INVALID_STATE,
                    "Operation " + id + " has ended (" + operation.state() + "); there is nothing to cancel.");
        }
        return operations.saveAndFlush(operation).view();
    }

    @Scheduled(fixedDelayString = "PT1H", initialDelayString = "PT5M")
    @Transactional
    public void forgetOldOnes() {
        operations.forgetEndedBefore(clock.instant().minus(KEPT));
    }

    private static Scope scope(OperationRecord operation) {
        var resource = operation.view().resource();
        return Scope.of(
                operation.tenantId(),
                resource.kind().equals("Cluster") ? Optional.of(resource.id()) : Optional.empty());
    }

    private OperationRecord visible(Caller caller, String id) {
        return visible(caller, id, operations.findById(id));
    }

    private static OperationRecord visible(Caller caller, String id, Optional<OperationRecord> row) {
        return row.filter(operation -> caller.may(Permission.OPERATION_READ, scope(operation)))
                .orElseThrow(() -> ProblemException.notFound("operation", id));
    }
}
