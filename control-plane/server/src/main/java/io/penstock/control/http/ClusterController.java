// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.ClusterSpec;
import io.penstock.api.ClusterStatus;
import io.penstock.api.CreateRequest;
import io.penstock.api.Operation.State;
import io.penstock.api.Phase;
import io.penstock.api.Resource;
import io.penstock.api.ResourceList;
import io.penstock.api.UpdateRequest;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.cluster.Adoption;
import io.penstock.control.cluster.ClientAuthentication;
import io.penstock.control.cluster.Cluster;
import io.penstock.control.cluster.ClusterFilter;
import io.penstock.control.cluster.ClusterService;
import io.penstock.control.cluster.NewCluster;
import io.penstock.control.operation.OperationService;
import io.penstock.control.problem.FieldChecks;
import io.penstock.metadata.ClusterSettings;
import io.penstock.metadata.ClusterSettings.LatencyProfile;
import io.penstock.objectstore.layout.ClusterPrefix;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/// `/v1/clusters`
@RestController
@RequestMapping("/v1/clusters")
class ClusterController {
    static final String KIND = "Cluster";
    private static final ClusterSpec DEFAULTS =
            new ClusterSpec(null, null, null, null, null, null, null, null, null, null);

    private final ClusterService clusters;
    private final OperationService operations;
    private final ClusterViews views;
    private final Lists lists;
    private final JsonBodies bodies;
    private final DryRuns dryRuns;

    ClusterController(
            ClusterService clusters,
            OperationService operations,
            ClusterViews views,
            Lists lists,
            JsonBodies bodies,
            DryRuns dryRuns) {
        this.clusters = clusters;
        this.operations = operations;
        this.views = views;
        this.lists = lists;
        this.bodies = bodies;
        this.dryRuns = dryRuns;
    }

    /// The body of a PATCH.
    record Update(UpdateRequest.Metadata metadata, ClusterSpec spec) {}

    @PostMapping
    ResponseEntity<?> create(
            @AuthenticationPrincipal Caller caller,
            @RequestBody CreateRequest<ClusterSpec> request,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest http) {
        caller.require(Permission.CLUSTER_MANAGE);
        var checks = new FieldChecks();
        var description = Requests.description(request, KIND, checks);
        var tenantId = Optional.ofNullable(Requests.metadata(request).tenantId())
                .or(caller::onlyTenant)
                .orElse(null);
        var tenant = checks.required("/metadata/tenant_id", tenantId);
        var spec = request.spec() == null ? DEFAULTS : request.spec();
        var requester = Requests.requester(caller, http);
        var fleet = Optional.ofNullable(spec.fleetId());
        var bucket = Optional.ofNullable(spec.bucketId());
        var authentication = checks.oneOf(
                "/spec/authentication",
                spec.authentication(),
                ClientAuthentication.class,
                ClientAuthentication.REQUIRED);
        Supplier<Cluster> noted;
        if (spec.prefix() != null) {
            var prefix = prefixToAdopt(spec, checks);
            checks.done();
            noted = () ->
                    clusters.adopt(requester, new Adoption(description, tenant, fleet, bucket, prefix, authentication));
        } else {
            var settings = settings(spec, ClusterSettings.defaults("cluster"), checks);
            checks.done();
            var wish = new NewCluster(
                    description, tenant, fleet, bucket, settings.named(description.name()), authentication);
            noted = () -> clusters.create(requester, wish);
        }
        if (dryRun) {
            return dryRuns.created(dryRuns.takenBack(() -> views.of(noted.get())));
        }
        var cluster = noted.get();
        return accepted(caller, cluster.id(), cluster.operationId().orElseThrow(), http);
    }

    @GetMapping
    ResourceList<Resource<ClusterSpec, ClusterStatus>> list(
            @AuthenticationPrincipal Caller caller, HttpServletRequest request) {
        var page =
                lists.request(request, ClusterService.SORTABLE, "tenant_id", "fleet_id", "phase", "label", "deleted");
        var filter = filter(request);
        return lists.list(
                KIND, request, clusters.list(caller, filter, page), views::of, () -> clusters.count(caller, filter));
    }

    @GetMapping("/{cluster}")
    ResponseEntity<Resource<ClusterSpec, ClusterStatus>> get(
            @AuthenticationPrincipal Caller caller, @PathVariable String cluster, HttpServletRequest request) {
        return Versions.live(views.of(clusters.find(caller, cluster)), request);
    }

    @PatchMapping(path = "/{cluster}", consumes = MergePatch.MEDIA_TYPE)
    ResponseEntity<?> update(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @RequestBody JsonNode patch,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        caller.require(Permission.CLUSTER_MANAGE);
        var current = clusters.find(caller, cluster);
        var before = ClusterViews.spec(current);
        var update = bodies.patched(new Update(Requests.changeable(current), before), patch, Update.class);
        var checks = new FieldChecks();
        var description = Requests.description(new UpdateRequest<>(update.metadata(), update.spec()), checks);
        var spec = update.spec() == null ? before : update.spec();
        immutable("fleet_id", before.fleetId(), spec.fleetId(), checks);
        immutable("bucket_id", before.bucketId(), spec.bucketId(), checks);
        immutable("prefix", before.prefix(), spec.prefix(), checks);
        immutable("shards", before.shards(), spec.shards(), checks);
        immutable("authentication", before.authentication(), spec.authentication(), checks);
        immutable("offsets_topic_partitions", before.offsetsTopicPartitions(), spec.offsetsTopicPartitions(), checks);
        var settings = settings(spec, ClusterSettings.defaults("cluster"), checks);
        checks.done();
        if (dryRun) {
            var present = views.of(current);
            return dryRuns.changed(
                    present,
                    dryRuns.takenBack(() -> views.of(clusters.update(
                            caller,
                            cluster,
                            Versions.expected(request),
                            description,
                            settings.named(description.name())))));
        }
        var changed = clusters.update(
                caller, cluster, Versions.expected(request), description, settings.named(description.name()));
        return Versions.ok(views.of(changed));
    }

    @DeleteMapping("/{cluster}")
    ResponseEntity<?> delete(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        if (dryRun) {
            return dryRuns.deleted(dryRuns.takenBack(() -> {
                var before = views.of(clusters.find(caller, cluster));
                clusters.delete(Requests.requester(caller, request), cluster, Versions.expected(request));
                return before;
            }));
        }
        var deleting = clusters.delete(Requests.requester(caller, request), cluster, Versions.expected(request));
        return ResponseEntity.accepted()
                .headers(operationHeaders(deleting.operationId().orElseThrow()))
                .body(views.of(deleting));
    }

    /// Takes a deletion back.
    @PostMapping("/{cluster}/restores")
    ResponseEntity<?> restore(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        var requester = Requests.requester(caller, request);
        if (dryRun) {
            return dryRuns.unchanged(dryRuns.takenBack(() -> views.of(clusters.restore(requester, cluster))));
        }
        var restoring = clusters.restore(requester, cluster);
        return ResponseEntity.accepted()
                .headers(operationHeaders(restoring.operationId().orElseThrow()))
                .body(views.of(restoring));
    }

    /// 202 with the resource and where to follow it; 201 if the caller preferred to wait and it was ready in
    /// time.
    private ResponseEntity<Resource<ClusterSpec, ClusterStatus>> accepted(
            Caller caller, String id, String operationId, HttpServletRequest request) {
        var wait = Prefer.wait(request);
        var ended = wait.map(patience -> operations.await(caller, operationId, patience))
                .filter(operation -> operation.state() == State.SUCCEEDED)
                .isPresent();
        var cluster = views.of(clusters.find(caller, id));
        var headers = operationHeaders(operationId);
        headers.set(HttpHeaders.LOCATION, cluster.metadata().self());
        headers.setETag(Versions.etag(cluster));
        if (wait.isPresent()) {
            headers.set("Preference-Applied", "wait=" + wait.get().toSeconds());
        }
        if (ended) {
            headers.remove(HttpHeaders.RETRY_AFTER);
        }
        return ResponseEntity.status(ended ? HttpStatus.CREATED : HttpStatus.ACCEPTED)
                .headers(headers)
                .body(cluster);
    }

    private static HttpHeaders operationHeaders(String operationId) {
        var headers = new HttpHeaders();
        headers.set("Operation-Location", "/v1/operations/" + operationId);
        headers.set(HttpHeaders.RETRY_AFTER, "1");
        return headers;
    }

    /// What an adopted cluster is like stands in its bucket: a request that says it too is a mistake.
    private static ClusterPrefix prefixToAdopt(ClusterSpec spec, FieldChecks checks) {
        var given = new java.util.TreeMap<String, @org.jspecify.annotations.Nullable Object>();
        given.put("shards", spec.shards());
        given.put("latency_profile", spec.latencyProfile());
        given.put("auto_create_topics", spec.autoCreateTopics());
        given.put("default_partitions", spec.defaultPartitions());
        given.put("default_replication_factor", spec.defaultReplicationFactor());
        given.put("offsets_topic_partitions", spec.offsetsTopicPartitions());
        given.forEach((field, value) -> checks.that(
                value == null,
                "/spec/" + field,
                "not_with_prefix",
                "a cluster that is adopted brings its own; change it afterwards if it may change"));
        try {
            return new ClusterPrefix(String.valueOf(spec.prefix()));
        } catch (IllegalArgumentException e) {
            checks.wrong("/spec/prefix", "malformed", String.valueOf(e.getMessage()));
            return new ClusterPrefix("malformed");
        }
    }

    private static ClusterSettings settings(ClusterSpec spec, ClusterSettings defaults, FieldChecks checks) {
        return new ClusterSettings(
                defaults.name(),
                inRange(checks, "/spec/shards", spec.shards(), ClusterSettings.MAX_SHARDS, defaults.shards()),
                checks.oneOf(
                        "/spec/latency_profile",
                        spec.latencyProfile(),
                        LatencyProfile.class,
                        defaults.latencyProfile()),
                spec.autoCreateTopics() == null ? defaults.autoCreateTopics() : spec.autoCreateTopics(),
                inRange(
                        checks,
                        "/spec/default_partitions",
                        spec.defaultPartitions(),
                        10_000,
                        defaults.defaultPartitions()),
                inRange(
                        checks,
                        "/spec/default_replication_factor",
                        spec.defaultReplicationFactor(),
                        Short.MAX_VALUE,
                        defaults.defaultReplicationFactor()),
                inRange(
                        checks,
                        "/spec/offsets_topic_partitions",
                        spec.offsetsTopicPartitions(),
                        10_000,
                        defaults.offsetsTopicPartitions()));
    }

    private static int inRange(
            FieldChecks checks,
            String pointer,
            @org.jspecify.annotations.Nullable Integer value,
            int max,
            int fallback) {
        int given = checks.within(pointer, value, 1, max, fallback);
        return given >= 1 && given <= max ? given : fallback;
    }

    private static void immutable(
            String field,
            @org.jspecify.annotations.Nullable Object before,
            @org.jspecify.annotations.Nullable Object after,
            FieldChecks checks) {
        checks.that(
                java.util.Objects.equals(before, after),
                "/spec/" + field,
                "immutable",
                "it never changes in a cluster's life (it is " + before + ")");
    }

    private static ClusterFilter filter(HttpServletRequest request) {
        var phase = Lists.filter(request, "phase");
        if (!phase.isEmpty()
                && Arrays.stream(Phase.values()).noneMatch(known -> known.name().equals(phase))) {
            throw Lists.parameter("phase", "unknown_value", "one of " + Arrays.toString(Phase.values()));
        }
        Map<String, String> labels = new TreeMap<>();
        var given = request.getParameterValues("label");
        for (var label : given == null ? new String[0] : given) {
            int colon = label.indexOf(':');
            if (colon < 1) {
                throw Lists.parameter("label", "invalid_value", "write label=key:value");
            }
            labels.put(label.substring(0, colon), label.substring(colon + 1));
        }
        return new ClusterFilter(
                Lists.filter(request, "tenant_id"),
                Lists.filter(request, "fleet_id"),
                phase,
                labels,
                Lists.filter(request, "deleted").equals("true"));
    }
}
