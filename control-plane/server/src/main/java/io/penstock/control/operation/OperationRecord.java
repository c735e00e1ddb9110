// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.operation;

import io.penstock.api.Operation;
import io.penstock.api.Operation.Progress;
import io.penstock.api.Operation.State;
import io.penstock.api.Operation.Step;
import io.penstock.api.Problem;
import io.penstock.api.Resource;
import io.penstock.api.ResourceRef;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.PostLoad;
import jakarta.persistence.PostPersist;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;

/// One operation. Steps go forward only; an operation that has ended does not change any more, and a step that is
/// reported twice (by a driver that was restarted) changes nothing.
@Entity
@Table(name = "operations")
class OperationRecord implements Persistable<String> {
    @Id
    private String id;

    private String type;

    @Enumerated(EnumType.STRING)
    private State state;

    @Column(name = "tenant_id")
    private @Nullable String tenantId;

    @Column(name = "resource_kind")
    private String resourceKind;

    @Column(name = "resource_id")
    private String resourceId;

    @Column(name = "resource_href")
    private String resourceHref;

    @JdbcTypeCode(SqlTypes.JSON)
    private List<Step> steps;

    @JdbcTypeCode(SqlTypes.JSON)
    private @Nullable Problem problem;

    @Column(name = "requested_by")
    private String requestedBy;

    @Column(name = "request_id")
    private String requestId;

    @Column(name = "idempotency_key")
    private @Nullable String idempotencyKey;

    private boolean cancelling;

    @Column(name = "created_at")
    private Instant createdAt;

    @Column(name = "finished_at")
    private @Nullable Instant finishedAt;

    @Version
    private long version;

    @Transient
    private boolean fresh;

    @SuppressWarnings("NullAway.Init")
    protected OperationRecord() {}

    OperationRecord(
            String id,
            String type,
            Optional<String> tenantId,
            ResourceRef resource,
            List<String> steps,
            Requester requester,
            Instant at) {
        this.id = id;
        this.type = type;
        this.state = State.PENDING;
        this.tenantId = tenantId.orElse(null);
        this.resourceKind = resource.kind();
        this.resourceId = resource.id();
        this.resourceHref = resource.href();
        this.steps = steps.stream()
                .map(name -> new Step(name, State.PENDING, null, null, null))
                .toList();
        this.requestedBy = requester.caller().id();
        this.requestId = requester.requestId();
        this.idempotencyKey = requester.idempotencyKey().isEmpty() ? null : requester.idempotencyKey();
        this.createdAt = at;
        this.fresh = true;
    }

    /// The named step is under way; all before it are done.
    void reached(String step, Instant at) {
        if (state.ended()) {
            return;
        }
        state = State.RUNNING;
        var after = new ArrayList<Step>();
        boolean before = steps.stream().anyMatch(each -> each.name().equals(step));
        for (var each : steps) {
            if (each.name().equals(step)) {
                before = false;
                after.add(each.startedAt() == null ? new Step(step, State.RUNNING, at, null, null) : each);
            } else {
                after.add(before ? done(each, at) : each);
            }
        }
        steps = after;
    }

    /// What people should know about the step under way.
    void remarked(String message) {
        if (state.ended()) {
            return;
        }
        steps = steps.stream()
                .map(each -> each.state() == State.RUNNING
                        ? new Step(each.name(), each.state(), each.startedAt(), null, message)
                        : each)
                .toList();
    }

    void succeeded(Instant at) {
        if (state.ended()) {
            return;
        }
        steps = steps.stream().map(each -> done(each, at)).toList();
        end(State.SUCCEEDED, at);
    }

    void failed(Problem why, Instant at) {
        if (state.ended()) {
            return;
        }
        problem = why;
        stopped(State.FAILED, why.detail(), at);
    }

    void cancelled(Instant at) {
        if (state.ended()) {
            return;
        }
        stopped(State.CANCELLED, "cancelled", at);
    }

    /// @return whether it can still be stopped
    boolean cancellationAsked() {
        if (state.ended()) {
            return false;
        }
        cancelling = true;
        return true;
    }

    private void stopped(State end, String message, Instant at) {
        steps = steps.stream()
                .map(each -> switch (each.state()) {
                    case RUNNING -> new Step(each.name(), end, each.startedAt(), at, message);
                    case PENDING -> new Step(each.name(), State.CANCELLED, null, null, null);
                    case SUCCEEDED, FAILED, CANCELLED -> each;
                })
                .toList();
        end(end, at);
    }

    private void end(State how, Instant at) {
        state = how;
        finishedAt = at;
    }

    private static Step done(Step step, Instant at) {
        return step.state() == State.SUCCEEDED
                ? step
                : new Step(
                        step.name(),
                        State.SUCCEEDED,
                        step.startedAt() == null ? at : step.startedAt(),
                        at,
                        step.message());
    }

    Operation view() {
        var done =
                steps.stream().filter(step -> step.state() == State.SUCCEEDED).count();
        var running = steps.stream()
                .filter(step -> step.state() == State.RUNNING)
                .map(Step::name)
                .findFirst();
        var percent = state == State.SUCCEEDED ? 100 : steps.isEmpty() ? 0 : (int) (done * 100 / steps.size());
        return new Operation(
                Resource.API_VERSION,
                "Operation",
                id,
                type,
                state,
                new ResourceRef(resourceKind, resourceId, resourceHref),
                new Progress(percent, running.orElse(null), steps),
                problem,
                requestedBy,
                requestId,
                idempotencyKey,
                createdAt,
                finishedAt);
    }

    @PostLoad
    @PostPersist
    void stored() {
        fresh = false;
    }

    @Override
    public String getId() {
        return id;
    }

    @Override
    public boolean isNew() {
        return fresh;
    }

    String id() {
        return id;
    }

    State state() {
        return state;
    }

    boolean cancelling() {
        return cancelling;
    }

    Optional<String> tenantId() {
        return Optional.ofNullable(tenantId);
    }
}
