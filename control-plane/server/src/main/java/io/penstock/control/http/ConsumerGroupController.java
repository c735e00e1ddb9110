// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.ConsumerGroup;
import io.penstock.api.GroupLag;
import io.penstock.api.OffsetReset;
import io.penstock.api.Resource;
import io.penstock.api.ResourceList;
import io.penstock.control.access.Caller;
import io.penstock.control.kafka.GroupIds;
import io.penstock.control.kafka.GroupService;
import io.penstock.control.kafka.GroupService.Chosen;
import io.penstock.control.kafka.ResetTarget;
import io.penstock.control.problem.FieldChecks;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/clusters/{cluster}/consumer-groups`
@RestController
@RequestMapping("/v1/clusters/{cluster}/consumer-groups")
class ConsumerGroupController {
    private final GroupService groups;
    private final Lists lists;
    private final DryRuns dryRuns;

    ConsumerGroupController(GroupService groups, Lists lists, DryRuns dryRuns) {
        this.groups = groups;
        this.lists = lists;
        this.dryRuns = dryRuns;
    }

    @GetMapping
    ResourceList<ConsumerGroup> list(
            @AuthenticationPrincipal Caller caller, @PathVariable String cluster, HttpServletRequest request) {
        var page = lists.request(request, "prefix", "state");
        var prefix = Lists.filter(request, "prefix");
        var state = Lists.filter(request, "state");
        return lists.of(
                "ConsumerGroup",
                request,
                groups.list(caller, cluster, prefix, state, page),
                group -> group,
                () -> groups.count(caller, cluster, prefix, state));
    }

    @GetMapping("/{group}")
    ConsumerGroup get(
            @AuthenticationPrincipal Caller caller, @PathVariable String cluster, @PathVariable String group) {
        return groups.find(caller, cluster, GroupIds.ofPath(group));
    }

    @GetMapping("/{group}/lag")
    GroupLag lag(@AuthenticationPrincipal Caller caller, @PathVariable String cluster, @PathVariable String group) {
        return groups.lag(caller, cluster, GroupIds.ofPath(group));
    }

    @DeleteMapping("/{group}")
    ResponseEntity<?> delete(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String group,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        var id = GroupIds.ofPath(group);
        groups.delete(caller, cluster, id, dryRun);
        return dryRun
                ? dryRuns.deleted(groups.find(caller, cluster, id))
                : ResponseEntity.noContent().build();
    }

    @DeleteMapping("/{group}/topics/{topic}")
    ResponseEntity<?> forget(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String group,
            @PathVariable String topic,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        var id = GroupIds.ofPath(group);
        groups.forget(caller, cluster, id, topic, dryRun);
        return dryRun
                ? dryRuns.deleted(groups.find(caller, cluster, id))
                : ResponseEntity.noContent().build();
    }

    @PostMapping("/{group}/offset-resets")
    OffsetReset.Outcome reset(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String group,
            @RequestBody OffsetReset request,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        var checks = new FieldChecks();
        var target = target(request, checks);
        var chosen = chosen(request, checks);
        checks.done();
        var id = GroupIds.ofPath(group);
        return new OffsetReset.Outcome(
                Resource.API_VERSION,
                "OffsetReset",
                id,
                dryRun,
                groups.reset(caller, cluster, id, target, chosen, dryRun));
    }

    private enum To {
        EARLIEST,
        LATEST,
        OFFSET,
        TIMESTAMP,
        SHIFT,
        GROUP
    }

    private static ResetTarget target(OffsetReset request, FieldChecks checks) {
        checks.required("/to", request.to());
        var to = checks.oneOf("/to", request.to(), To.class, To.LATEST);
        needed(to == To.OFFSET, request.offset(), "/offset", checks);
        needed(to == To.TIMESTAMP, request.timestamp(), "/timestamp", checks);
        needed(to == To.SHIFT, request.shift(), "/shift", checks);
        needed(to == To.GROUP, request.groupId(), "/group_id", checks);
        return switch (to) {
            case EARLIEST -> new ResetTarget.Earliest();
            case LATEST -> new ResetTarget.Latest();
            case OFFSET -> new ResetTarget.Offset(Objects.requireNonNullElse(request.offset(), 0L));
            case TIMESTAMP -> new ResetTarget.Time(Objects.requireNonNullElse(request.timestamp(), Instant.EPOCH));
            case SHIFT -> new ResetTarget.Shift(Objects.requireNonNullElse(request.shift(), 0L));
            case GROUP -> new ResetTarget.Group(Objects.requireNonNullElse(request.groupId(), ""));
        };
    }

    private static void needed(
            boolean is, @org.jspecify.annotations.Nullable Object value, String pointer, FieldChecks checks) {
        checks.that(!is || value != null, pointer, "required", "this field is needed");
        checks.that(is || value == null, pointer, "not_allowed", "this does not go with what /to says");
    }

    private static Chosen chosen(OffsetReset request, FieldChecks checks) {
        Map<String, List<Integer>> topics = new TreeMap<>();
        var wanted = request.topics() == null ? List.<OffsetReset.Topic>of() : request.topics();
        for (int i = 0; i < wanted.size(); i++) {
            var topic = wanted.get(i);
            var name = checks.required("/topics/" + i + "/topic", topic == null ? null : topic.topic());
            var partitions = topic == null || topic.partitions() == null ? List.<Integer>of() : topic.partitions();
            checks.that(
                    partitions.stream().allMatch(Objects::nonNull),
                    "/topics/" + i + "/partitions",
                    "wrong_type",
                    "numbers of partitions");
            topics.put(name, partitions);
        }
        return new Chosen(topics);
    }
}
