// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.ApiKeyStatus.SecretStatus;
import io.penstock.api.CreateRequest;
import io.penstock.api.DocumentStatus;
import io.penstock.api.Metadata;
import io.penstock.api.Phase;
import io.penstock.api.Resource;
import io.penstock.api.ResourceList;
import io.penstock.api.UpdateRequest;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Scope;
import io.penstock.control.document.DocumentRules;
import io.penstock.control.document.DocumentService;
import io.penstock.control.problem.FieldChecks;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.Document;
import io.penstock.control.resource.Documents;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import tools.jackson.databind.JsonNode;

/// What the controllers of all documents have in common.
abstract class DocumentController<S> {
    private final DocumentRules<S> rules;
    private final String path;
    private final Tools tools;

    /// @param path below which they are: `/v1/users`
    DocumentController(DocumentRules<S> rules, String path, Tools tools) {
        this.rules = rules;
        this.path = path;
        this.tools = tools;
    }

    /// What every such controller works with.
    @org.springframework.stereotype.Component
    record Tools(DocumentService documents, Scopes scopes, Lists lists, JsonBodies bodies, DryRuns dryRuns) {}

    /// The body of a PATCH.
    record Update(UpdateRequest.Metadata metadata, @Nullable JsonNode spec) {}

    /// The cluster that a spec names, for kinds that may be of one cluster only.
    Optional<String> clusterId(S spec) {
        return Optional.empty();
    }

    /// The spec as it is shown.
    S shown(S spec) {
        return spec;
    }

    final DocumentService documents() {
        return tools.documents;
    }

    @PostMapping
    ResponseEntity<?> create(
            @AuthenticationPrincipal Caller caller,
            @RequestBody CreateRequest<JsonNode> request,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest http) {
        var checks = new FieldChecks();
        var description = Requests.description(request, rules.kind(), checks);
        checks.done();
        if (request.spec() == null) {
            throw ProblemException.field("/spec", "required", "say what it shall be");
        }
        S wish = tools.bodies.read(request.spec(), rules.type(), "/spec");
        var tenant = Optional.ofNullable(Requests.metadata(request).tenantId())
                .or(() -> rules.ofTenants() ? caller.onlyTenant() : Optional.empty());
        var scope = tools.scopes.scope(caller, tenant, clusterId(wish));
        if (dryRun) {
            return tools.dryRuns.created(tools.dryRuns.takenBack(() -> view(
                    tools.documents
                            .create(caller, rules, description, scope, wish)
                            .document(),
                    null)));
        }
        var made = tools.documents.create(caller, rules, description, scope, wish);
        if (made.secret().isPresent()) {
            IdempotencyFilter.secretBearing(http, view(made.document(), null));
        }
        var view = view(made.document(), made.secret().orElse(null));
        return ResponseEntity.created(URI.create(view.metadata().self()))
                .eTag(Versions.etag(view))
                .body(view);
    }

    @GetMapping
    ResourceList<Resource<S, DocumentStatus>> list(@AuthenticationPrincipal Caller caller, HttpServletRequest request) {
        var asked = rules.ofTenants()
                ? tools.lists.request(request, Documents.SORTABLE, "tenant_id")
                : tools.lists.request(request, Documents.SORTABLE);
        var tenant = Lists.filter(request, "tenant_id");
        return tools.lists.list(
                rules.kind(),
                request,
                tools.documents.list(caller, rules, tenant, asked),
                document -> view(document, null),
                () -> tools.documents.count(caller, rules, tenant));
    }

    @GetMapping("/{id}")
    ResponseEntity<Resource<S, DocumentStatus>> get(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
        return Versions.ok(view(tools.documents.find(caller, rules, id), null));
    }

    @PatchMapping(path = "/{id}", consumes = MergePatch.MEDIA_TYPE)
    ResponseEntity<?> update(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestBody JsonNode patch,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        var current = tools.documents.find(caller, rules, id);
        caller.require(rules.manage(), Scope.of(current.tenantId(), current.clusterId()));
        var update = tools.bodies.patched(
                new Update(
                        new UpdateRequest.Metadata(current.name(), current.labels(), current.deletionProtection()),
                        current.spec()),
                patch,
                Update.class);
        var checks = new FieldChecks();
        var description = Requests.description(new UpdateRequest<>(update.metadata(), update.spec()), checks);
        checks.done();
        if (update.spec() == null) {
            throw ProblemException.field("/spec", "required", "a resource cannot lose its spec");
        }
        S wish = tools.bodies.read(update.spec(), rules.type(), "/spec");
        var expected = Versions.expected(request);
        if (dryRun) {
            return tools.dryRuns.changed(
                    view(current, null),
                    tools.dryRuns.takenBack(
                            () -> view(tools.documents.update(caller, rules, id, expected, description, wish), null)));
        }
        return Versions.ok(view(tools.documents.update(caller, rules, id, expected, description, wish), null));
    }

    @DeleteMapping("/{id}")
    ResponseEntity<?> delete(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String id,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        if (dryRun) {
            return tools.dryRuns.deleted(tools.dryRuns.takenBack(() -> {
                var before = view(tools.documents.find(caller, rules, id), null);
                tools.documents.delete(caller, rules, id, Versions.expected(request));
                return before;
            }));
        }
        tools.documents.delete(caller, rules, id, Versions.expected(request));
        return ResponseEntity.noContent().build();
    }

    private Resource<S, DocumentStatus> view(Document document, @Nullable String secret) {
        var metadata = new Metadata(
                document.name(),
                document.tenantId().orElse(null),
                document.labels(),
                document.createdAt(),
                document.updatedAt(),
                document.createdBy(),
                Long.toString(document.version()),
                path + "/" + document.id(),
                document.deletionProtection());
        return Resource.of(
                rules.kind(),
                document.id(),
                metadata,
                shown(tools.documents.spec(rules, document)),
                new DocumentStatus(
                        Phase.READY,
                        secret,
                        !rules.hasSecret()
                                ? null
                                : secret == null ? SecretStatus.NOT_RETRIEVABLE : SecretStatus.SHOWN_ONCE));
    }
}
