// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.CreateRequest;
import io.penstock.api.Metadata;
import io.penstock.api.Phase;
import io.penstock.api.QuotaEntity;
import io.penstock.api.QuotaSpec;
import io.penstock.api.QuotaStatus;
import io.penstock.api.Resource;
import io.penstock.api.ResourceList;
import io.penstock.control.access.Caller;
import io.penstock.control.identity.QuotaService;
import io.penstock.control.problem.FieldChecks;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.server.config.QuotaConfig;
import org.jspecify.annotations.Nullable;
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

/// `/v1/clusters/{cluster}/quotas`
@RestController
@RequestMapping("/v1/clusters/{cluster}/quotas")
class QuotaController {
    private static final String KIND = "Quota";
    private static final String USER = "User:";
    private static final String EVERYBODY = "*";
    private static final QuotaSpec NOTHING = new QuotaSpec(null, null, null, null, null, null);

    private final QuotaService quotas;
    private final Lists lists;
    private final JsonBodies bodies;
    private final DryRuns dryRuns;

    QuotaController(QuotaService quotas, Lists lists, JsonBodies bodies, DryRuns dryRuns) {
        this.quotas = quotas;
        this.lists = lists;
        this.bodies = bodies;
        this.dryRuns = dryRuns;
    }

    /// The body of a PATCH.
    record Update(@Nullable QuotaSpec spec) {}

    @PostMapping
    ResponseEntity<?> create(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @RequestBody CreateRequest<QuotaSpec> request,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        var checks = new FieldChecks();
        Requests.envelope(request, KIND, checks);
        checks.that(request.metadata() == null, "/metadata", "unknown_field", "a quota has no name");
        var spec = Objects.requireNonNullElse(request.spec(), NOTHING);
        var entity = entity(spec.entity(), checks);
        var values = values(spec, checks);
        checks.done();
        var quota = view(cluster, quotas.create(caller, cluster, entity, values, dryRun));
        return dryRun
                ? dryRuns.created(quota)
                : ResponseEntity.created(URI.create(quota.metadata().self())).body(quota);
    }

    @GetMapping
    ResourceList<Resource<QuotaSpec, QuotaStatus>> list(
            @AuthenticationPrincipal Caller caller, @PathVariable String cluster, HttpServletRequest request) {
        var page = quotas.list(caller, cluster, lists.request(request));
        return lists.list(KIND, request, page, known -> view(cluster, known), () -> quotas.count(caller, cluster));
    }

    @GetMapping("/{quota}")
    Resource<QuotaSpec, QuotaStatus> get(
            @AuthenticationPrincipal Caller caller, @PathVariable String cluster, @PathVariable String quota) {
        return view(cluster, quotas.find(caller, cluster, quota));
    }

    @PatchMapping(path = "/{quota}", consumes = MergePatch.MEDIA_TYPE)
    ResponseEntity<?> update(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String quota,
            @RequestBody JsonNode patch,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        var before = view(cluster, quotas.find(caller, cluster, quota));
        var wished = Objects.requireNonNullElse(
                bodies.patched(new Update(before.spec()), patch, Update.class).spec(), NOTHING);
        var checks = new FieldChecks();
        checks.that(
                Objects.equals(wished.entity(), before.spec().entity()),
                "/spec/entity",
                "immutable",
                "whom a quota is for never changes: make another one");
        var values = values(wished, checks);
        checks.done();
        var after = view(cluster, quotas.update(caller, cluster, quota, values, dryRun));
        return dryRun ? dryRuns.changed(before, after) : ResponseEntity.ok(after);
    }

    @DeleteMapping("/{quota}")
    ResponseEntity<?> delete(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String quota,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        if (dryRun) {
            var before = view(cluster, quotas.find(caller, cluster, quota));
            quotas.delete(caller, cluster, quota, true);
            return dryRuns.deleted(before);
        }
        quotas.delete(caller, cluster, quota, false);
        return ResponseEntity.noContent().build();
    }

    private static ClientQuotaEntity entity(@Nullable QuotaEntity asked, FieldChecks checks) {
        var entity = new HashMap<String, @Nullable String>();
        var whom = Objects.requireNonNullElse(asked, new QuotaEntity(null, null, null));
        var principal = whom.principal();
        checks.that(
                principal == null || (principal.startsWith(USER) && principal.length() > USER.length()),
                "/spec/entity/principal",
                "malformed",
                "'User:' and a service account's id, or 'User:*'");
        if (principal != null && principal.startsWith(USER)) {
            put(entity, ClientQuotaEntity.USER, principal.substring(USER.length()));
        }
        put(entity, ClientQuotaEntity.CLIENT_ID, whom.clientId());
        put(entity, ClientQuotaEntity.IP, whom.ip());
        checks.that(!entity.isEmpty(), "/spec/entity", "required", "say whom it is for");
        return new ClientQuotaEntity(entity);
    }

    private static void put(Map<String, @Nullable String> entity, String type, @Nullable String name) {
        if (name != null) {
            entity.put(type, name.equals(EVERYBODY) ? null : name);
        }
    }

    private static Map<String, Double> values(QuotaSpec spec, FieldChecks checks) {
        var values = new TreeMap<String, Double>();
        put(values, QuotaConfig.PRODUCER_BYTE_RATE_OVERRIDE_CONFIG, spec.produceBytesPerS());
        put(values, QuotaConfig.CONSUMER_BYTE_RATE_OVERRIDE_CONFIG, spec.fetchBytesPerS());
        put(values, QuotaConfig.REQUEST_PERCENTAGE_OVERRIDE_CONFIG, spec.requestPercent());
        put(values, QuotaConfig.CONTROLLER_MUTATION_RATE_OVERRIDE_CONFIG, spec.controllerMutationsPerS());
        put(values, QuotaConfig.IP_CONNECTION_RATE_OVERRIDE_CONFIG, spec.connectionsPerS());
        checks.that(!values.isEmpty(), "/spec", "required", "a quota limits something; to end it, delete it");
        return values;
    }

    private static void put(Map<String, Double> values, String key, @Nullable Number value) {
        if (value != null) {
            values.put(key, value.doubleValue());
        }
    }

    private static Resource<QuotaSpec, QuotaStatus> view(String cluster, QuotaService.Known known) {
        var values = known.values();
        var entries = known.entity().entries();
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
                        "/v1/clusters/" + cluster + "/quotas/" + known.id(),
                        false),
                new QuotaSpec(
                        new QuotaEntity(
                                entries.containsKey(ClientQuotaEntity.USER)
                                        ? USER + name(entries, ClientQuotaEntity.USER)
                                        : null,
                                name(entries, ClientQuotaEntity.CLIENT_ID),
                                name(entries, ClientQuotaEntity.IP)),
                        whole(values.get(QuotaConfig.PRODUCER_BYTE_RATE_OVERRIDE_CONFIG)),
                        whole(values.get(QuotaConfig.CONSUMER_BYTE_RATE_OVERRIDE_CONFIG)),
                        values.get(QuotaConfig.REQUEST_PERCENTAGE_OVERRIDE_CONFIG),
                        values.get(QuotaConfig.CONTROLLER_MUTATION_RATE_OVERRIDE_CONFIG),
                        values.containsKey(QuotaConfig.IP_CONNECTION_RATE_OVERRIDE_CONFIG)
                                ? values.get(QuotaConfig.IP_CONNECTION_RATE_OVERRIDE_CONFIG)
                                        .intValue()
                                : null),
                new QuotaStatus(Phase.READY));
    }

    private static @Nullable String name(Map<String, @Nullable String> entries, String type) {
        return entries.containsKey(type) ? Objects.requireNonNullElse(entries.get(type), EVERYBODY) : null;
    }

    private static @Nullable Long whole(@Nullable Double value) {
        return value == null ? null : value.longValue();
    }
}
