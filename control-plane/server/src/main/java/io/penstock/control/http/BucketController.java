// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.BucketSpec;
import io.penstock.api.BucketStatus;
import io.penstock.api.BucketStatus.CredentialSource;
import io.penstock.api.CreateRequest;
import io.penstock.api.Resource;
import io.penstock.api.ResourceList;
import io.penstock.api.UpdateRequest;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.problem.FieldChecks;
import io.penstock.control.storage.Bucket;
import io.penstock.control.storage.BucketService;
import io.penstock.control.storage.BucketService.NewBucket;
import io.penstock.control.storage.StoreCredentials;
import io.penstock.control.tenant.TenantService;
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
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/// `/v1/buckets`
@RestController
@RequestMapping("/v1/buckets")
class BucketController {
    private static final String KIND = "Bucket";

    private final BucketService buckets;
    private final TenantService tenants;
    private final Lists lists;
    private final JsonBodies bodies;
    private final DryRuns dryRuns;

    BucketController(BucketService buckets, TenantService tenants, Lists lists, JsonBodies bodies, DryRuns dryRuns) {
        this.buckets = buckets;
        this.tenants = tenants;
        this.lists = lists;
        this.bodies = bodies;
        this.dryRuns = dryRuns;
    }

    /// The body of a PATCH.
    record Update(UpdateRequest.Metadata metadata, BucketSpec spec) {}

    @PostMapping
    ResponseEntity<?> create(
            @AuthenticationPrincipal Caller caller,
            @RequestBody CreateRequest<BucketSpec> request,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        caller.requireInOrganization(Permission.BUCKET_MANAGE);
        var checks = new FieldChecks();
        var description = Requests.description(request, KIND, checks);
        var spec = request.spec() == null ? new BucketSpec(null, null) : request.spec();
        var uri = checks.required("/spec/uri", spec.uri());
        var credentials = credentials(spec, checks);
        checks.done();
        var tenantId = Optional.ofNullable(Requests.metadata(request).tenantId())
                .map(id -> tenants.find(caller, id).id());
        var bucket = view(buckets.create(caller, new NewBucket(description, tenantId, uri, credentials), dryRun));
        if (dryRun) {
            return dryRuns.created(bucket);
        }
        return ResponseEntity.created(URI.create(bucket.metadata().self()))
                .eTag(Versions.etag(bucket))
                .body(bucket);
    }

    @GetMapping
    ResourceList<Resource<BucketSpec, BucketStatus>> list(
            @AuthenticationPrincipal Caller caller, HttpServletRequest request) {
        var page = buckets.list(caller, lists.request(request, BucketService.SORTABLE));
        return lists.list(KIND, request, page, BucketController::view, () -> buckets.count(caller));
    }

    @GetMapping("/{bucket}")
    ResponseEntity<Resource<BucketSpec, BucketStatus>> get(
            @AuthenticationPrincipal Caller caller, @PathVariable String bucket) {
        return Versions.ok(view(buckets.find(caller, bucket)));
    }

    @PatchMapping(path = "/{bucket}", consumes = MergePatch.MEDIA_TYPE)
    ResponseEntity<?> update(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String bucket,
            @RequestBody JsonNode patch,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        var current = buckets.find(caller, bucket);
        var update = bodies.patched(
                new Update(Requests.changeable(current), view(current).spec()), patch, Update.class);
        var checks = new FieldChecks();
        var description = Requests.description(new UpdateRequest<>(update.metadata(), update.spec()), checks);
        checks.that(
                current.uri().equals(update.spec().uri()),
                "/spec/uri",
                "immutable",
                "a bucket's URI never changes: register another bucket");
        var credentials = credentials(update.spec(), checks);
        checks.done();
        var before = view(current);
        var changed =
                view(buckets.update(caller, bucket, Versions.expected(request), description, credentials, dryRun));
        return dryRun ? dryRuns.changed(before, changed) : Versions.ok(changed);
    }

    @DeleteMapping("/{bucket}")
    ResponseEntity<?> delete(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String bucket,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        var deleted = buckets.delete(caller, bucket, Versions.expected(request), dryRun);
        if (dryRun) {
            return dryRuns.deleted(view(deleted));
        }
        return ResponseEntity.noContent().build();
    }

    /// Certifies the store again; answers with the bucket, whose status has the outcome.
    @PostMapping("/{bucket}/verifications")
    ResponseEntity<?> verify(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String bucket,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        var verified = view(buckets.verify(caller, bucket, dryRun));
        return dryRun ? dryRuns.unchanged(verified) : Versions.ok(verified);
    }

    private static Optional<StoreCredentials> credentials(@Nullable BucketSpec spec, FieldChecks checks) {
        var given = spec == null ? null : spec.credentials();
        if (given == null) {
            return Optional.empty();
        }
        return Optional.of(new StoreCredentials(
                checks.required("/spec/credentials/access_key_id", given.accessKeyId()),
                checks.required("/spec/credentials/secret_access_key", given.secretAccessKey()),
                Optional.ofNullable(given.sessionToken())));
    }

    private static Resource<BucketSpec, BucketStatus> view(Bucket bucket) {
        return Resource.of(
                KIND,
                bucket.id(),
                Requests.metadata(bucket, bucket.tenantId().orElse(null), "/v1/buckets/" + bucket.id()),
                new BucketSpec(bucket.uri(), null),
                new BucketStatus(
                        bucket.phase(),
                        bucket.hasCredentials() ? CredentialSource.GIVEN : CredentialSource.ENVIRONMENT,
                        bucket.verification()));
    }
}
