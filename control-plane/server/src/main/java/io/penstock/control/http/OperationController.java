// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.Operation;
import io.penstock.api.Operation.State;
import io.penstock.api.ResourceList;
import io.penstock.control.access.Caller;
import io.penstock.control.operation.OperationFilter;
import io.penstock.control.operation.OperationService;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/operations`, newest first
@RestController
@RequestMapping("/v1/operations")
class OperationController {
    private final OperationService operations;
    private final Lists lists;
    private final DryRuns dryRuns;

    OperationController(OperationService operations, Lists lists, DryRuns dryRuns) {
        this.operations = operations;
        this.lists = lists;
        this.dryRuns = dryRuns;
    }

    @GetMapping
    ResourceList<Operation> list(@AuthenticationPrincipal Caller caller, HttpServletRequest request) {
        var page = lists.request(request, OperationService.SORTABLE, "resource_id", "state");
        var filter = new OperationFilter(Lists.filter(request, "resource_id"), Lists.filter(request, "state"));
        if (!filter.state().isEmpty()
                && Arrays.stream(State.values()).noneMatch(state -> state.name().equals(filter.state()))) {
            throw Lists.parameter("state", "unknown_value", "one of " + Arrays.toString(State.values()));
        }
        return lists.of(
                "Operation",
                request,
                operations.list(caller, filter, page),
                operation -> operation,
                () -> operations.count(caller, filter));
    }

    /// @param wait how long the answer may wait for the operation's end, for example `30s`; 60 s at most
    @GetMapping("/{operation}")
    ResponseEntity<Operation> get(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String operation,
            @RequestParam(required = false) @Nullable String wait) {
        var found = wait == null
                ? operations.find(caller, operation)
                : operations.await(caller, operation, Patience.of(wait));
        return answer(found);
    }

    @PostMapping("/{operation}/cancellations")
    ResponseEntity<?> cancel(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String operation,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        if (dryRun) {
            return dryRuns.unchanged(dryRuns.takenBack(() -> operations.cancel(caller, operation)));
        }
        var asked = operations.cancel(caller, operation);
        return ResponseEntity.accepted()
                .header("Operation-Location", "/v1/operations/" + asked.id())
                .body(asked);
    }

    private static ResponseEntity<Operation> answer(Operation operation) {
        var response = ResponseEntity.ok();
        if (!operation.state().ended()) {
            response.header("Retry-After", "1");
        }
        return response.body(operation);
    }

    /// Reads how long a caller wants to wait.
    static final class Patience {
        private static final Duration LONGEST = Duration.ofSeconds(60);

        private Patience() {}

        static Duration of(String text) {
            var digits = text.strip().replaceFirst("s$", "");
            if (!digits.matches("\\d{1,6}")) {
                throw Lists.parameter("wait", "invalid_value", "a number of seconds, for example 30s");
            }
            var asked = Duration.ofSeconds(Long.parseLong(digits));
            return asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
        }
    }
}
