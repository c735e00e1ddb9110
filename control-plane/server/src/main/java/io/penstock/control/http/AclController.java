// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.AclQuestion;
import io.penstock.api.AclSpec;
import io.penstock.api.AclStatus;
import io.penstock.api.CreateRequest;
import io.penstock.api.Metadata;
import io.penstock.api.Phase;
import io.penstock.api.Resource;
import io.penstock.api.ResourceList;
import io.penstock.control.access.Caller;
import io.penstock.control.identity.AclEvaluation;
import io.penstock.control.identity.AclService;
import io.penstock.control.problem.FieldChecks;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
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

/// `/v1/clusters/{cluster}/acls`
@RestController
@RequestMapping("/v1/clusters/{cluster}/acls")
class AclController {
    private static final String KIND = "Acl";

    private final AclService acls;
    private final Lists lists;
    private final DryRuns dryRuns;

    AclController(AclService acls, Lists lists, DryRuns dryRuns) {
        this.acls = acls;
        this.lists = lists;
        this.dryRuns = dryRuns;
    }

    /// 201 for a new one, 200 for one that says the same already.
    @PostMapping
    ResponseEntity<?> create(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @RequestBody CreateRequest<AclSpec> request,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        var checks = new FieldChecks();
        Requests.envelope(request, KIND, checks);
        checks.that(request.metadata() == null, "/metadata", "unknown_field", "an ACL has no name");
        var binding = binding(request.spec() == null ? NOTHING : request.spec(), checks);
        var known = acls.create(caller, cluster, binding, dryRun);
        var acl = view(cluster, known);
        if (dryRun) {
            return dryRuns.created(acl);
        }
        return known.isNew()
                ? ResponseEntity.created(URI.create(acl.metadata().self())).body(acl)
                : ResponseEntity.ok(acl);
    }

    @PostMapping("/evaluations")
    AclQuestion.Answer evaluate(
            @AuthenticationPrincipal Caller caller, @PathVariable String cluster, @RequestBody AclQuestion request) {
        var checks = new FieldChecks();
        checks.required("/resource_type", request.resourceType());
        checks.required("/operation", request.operation());
        var type = checks.oneOf("/resource_type", request.resourceType(), ResourceType.class, ResourceType.TOPIC);
        var operation = checks.oneOf("/operation", request.operation(), AclOperation.class, AclOperation.READ);
        known(type.isUnknown() || type == ResourceType.ANY, "/resource_type", checks);
        known(
                operation.isUnknown() || operation == AclOperation.ANY || operation == AclOperation.ALL,
                "/operation",
                checks);
        var name = type == ResourceType.CLUSTER && request.resourceName() == null
                ? org.apache.kafka.common.resource.Resource.CLUSTER_NAME
                : checks.required("/resource_name", request.resourceName());
        checks.done();
        var answer = acls.evaluate(
                caller,
                cluster,
                new AclEvaluation.Question(
                        Optional.ofNullable(request.principal()),
                        Objects.requireNonNullElse(request.host(), "*"),
                        operation,
                        type,
                        name));
        var verdict = answer.verdict();
        return new AclQuestion.Answer(
                Resource.API_VERSION,
                "AclEvaluation",
                verdict instanceof AclEvaluation.Verdict.NotAsked
                        ? null
                        : verdict instanceof AclEvaluation.Verdict.Allowed,
                switch (verdict) {
                    case AclEvaluation.Verdict.NotAsked() -> null;
                    case AclEvaluation.Verdict.Allowed _ -> "ALLOWED_BY_RULE";
                    case AclEvaluation.Verdict.Denied _ -> "DENIED_BY_RULE";
                    case AclEvaluation.Verdict.NoRule() -> "NO_RULE";
                },
                switch (verdict) {
                    case AclEvaluation.Verdict.Allowed(var by) -> rule(by);
                    case AclEvaluation.Verdict.Denied(var by) -> rule(by);
                    case AclEvaluation.Verdict.NotAsked _, AclEvaluation.Verdict.NoRule _ -> null;
                },
                answer.allows().stream().map(AclController::rule).toList(),
                answer.denies().stream().map(AclController::rule).toList());
    }

    private static AclQuestion.Rule rule(AclService.Known known) {
        return new AclQuestion.Rule(known.id(), spec(known));
    }

    private static final AclSpec NOTHING = new AclSpec(null, null, null, null, null, null, null);

    private static AclBinding binding(AclSpec spec, FieldChecks checks) {
        var principal = checks.required("/spec/principal", spec.principal());
        checks.that(
                principal.matches("[^:]+:.+"),
                "/spec/principal",
                "malformed",
                "'User:' and a service account's id, or 'User:*'");
        checks.required("/spec/resource_type", spec.resourceType());
        checks.required("/spec/operation", spec.operation());
        var type = checks.oneOf("/spec/resource_type", spec.resourceType(), ResourceType.class, ResourceType.TOPIC);
        var pattern = checks.oneOf("/spec/pattern_type", spec.patternType(), PatternType.class, PatternType.LITERAL);
        var operation = checks.oneOf("/spec/operation", spec.operation(), AclOperation.class, AclOperation.READ);
        var permission =
                checks.oneOf("/spec/permission", spec.permission(), AclPermissionType.class, AclPermissionType.ALLOW);
        var name = type == ResourceType.CLUSTER && spec.resourceName() == null
                ? org.apache.kafka.common.resource.Resource.CLUSTER_NAME
                : checks.required("/spec/resource_name", spec.resourceName());
        known(type.isUnknown() || type == ResourceType.ANY, "/spec/resource_type", checks);
        known(pattern != PatternType.LITERAL && pattern != PatternType.PREFIXED, "/spec/pattern_type", checks);
        known(operation.isUnknown() || operation == AclOperation.ANY, "/spec/operation", checks);
        known(permission.isUnknown() || permission == AclPermissionType.ANY, "/spec/permission", checks);
        checks.done();
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry(principal, Objects.requireNonNullElse(spec.host(), "*"), operation, permission));
    }

    /// Kafka's enums hold what is for filters only.
    private static void known(boolean wrong, String pointer, FieldChecks checks) {
        checks.that(!wrong, pointer, "unknown_value", "this is for filters; the contract lists what an ACL can say");
    }

    @GetMapping
    ResourceList<Resource<AclSpec, AclStatus>> list(
            @AuthenticationPrincipal Caller caller, @PathVariable String cluster, HttpServletRequest request) {
        var page = acls.list(caller, cluster, lists.request(request));
        return lists.list(KIND, request, page, known -> view(cluster, known), () -> acls.count(caller, cluster));
    }

    @GetMapping("/{acl}")
    Resource<AclSpec, AclStatus> get(
            @AuthenticationPrincipal Caller caller, @PathVariable String cluster, @PathVariable String acl) {
        return view(cluster, acls.find(caller, cluster, acl));
    }

    @DeleteMapping("/{acl}")
    ResponseEntity<?> delete(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String acl,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        if (dryRun) {
            var before = view(cluster, acls.find(caller, cluster, acl));
            acls.delete(caller, cluster, acl, true);
            return dryRuns.deleted(before);
        }
        acls.delete(caller, cluster, acl, false);
        return ResponseEntity.noContent().build();
    }

    private static AclSpec spec(AclService.Known known) {
        var pattern = known.binding().pattern();
        var entry = known.binding().entry();
        return new AclSpec(
                entry.principal(),
                entry.host(),
                pattern.resourceType().name(),
                pattern.name(),
                pattern.patternType().name(),
                entry.operation().name(),
                entry.permissionType().name());
    }

    private static Resource<AclSpec, AclStatus> view(String cluster, AclService.Known known) {
        return Resource.of(
                KIND,
                known.id(),
                new Metadata(
                        known.id(),
                        null,
                        Map.of(),
                        Instant.EPOCH,
                        Instant.EPOCH,
                        "",
                        "",
                        "/v1/clusters/" + cluster + "/acls/" + known.id(),
                        false),
                spec(known),
                new AclStatus(Phase.READY));
    }
}
