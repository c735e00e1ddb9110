// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.ApiKeyStatus.SecretStatus;
import io.penstock.api.CreateRequest;
import io.penstock.api.CredentialRotation;
import io.penstock.api.CredentialSpec;
import io.penstock.api.CredentialStatus;
import io.penstock.api.Metadata;
import io.penstock.api.Phase;
import io.penstock.api.Resource;
import io.penstock.api.ResourceList;
import io.penstock.control.access.Caller;
import io.penstock.control.identity.CredentialService;
import io.penstock.control.problem.FieldChecks;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.jspecify.annotations.Nullable;
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

/// `/v1/clusters/{cluster}/credentials`
@RestController
@RequestMapping("/v1/clusters/{cluster}/credentials")
class CredentialController {
    private static final String KIND = "Credential";
    private static final Duration USUAL_OVERLAP = Duration.ofHours(24);
    private static final Duration LONGEST_OVERLAP = Duration.ofDays(90);
    private static final int SHORTEST_SECRET = 16;
    private static final int LONGEST_SECRET = 128;

    private final CredentialService credentials;
    private final Lists lists;
    private final DryRuns dryRuns;

    CredentialController(CredentialService credentials, Lists lists, DryRuns dryRuns) {
        this.credentials = credentials;
        this.lists = lists;
        this.dryRuns = dryRuns;
    }

    /// What a credential may be made with.
    private enum Mechanism {
        SCRAM_SHA_512,
        SCRAM_SHA_256
    }

    @PostMapping
    ResponseEntity<?> create(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @RequestBody CreateRequest<CredentialSpec> request,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest http) {
        var checks = new FieldChecks();
        Requests.envelope(request, KIND, checks);
        checks.that(request.metadata() == null, "/metadata", "unknown_field", "a credential's name is its user name");
        var spec = request.spec() == null ? new CredentialSpec(null, null, null, null) : request.spec();
        var account = checks.required("/spec/service_account_id", spec.serviceAccountId());
        var mechanism = checks.oneOf("/spec/mechanism", spec.mechanism(), Mechanism.class, Mechanism.SCRAM_SHA_512);
        var wish = wish(spec.expiresAt(), spec.secret(), "/spec", checks);
        checks.done();
        var issued =
                credentials.create(caller, cluster, account, ScramMechanism.valueOf(mechanism.name()), wish, dryRun);
        return dryRun ? dryRuns.created(view(cluster, issued.known(), null)) : shown(cluster, issued, http);
    }

    /// The only sight of the secret, if it was drawn here.
    private static ResponseEntity<?> shown(String cluster, CredentialService.Issued issued, HttpServletRequest http) {
        IdempotencyFilter.secretBearing(http, view(cluster, issued.known(), null));
        var credential = view(cluster, issued.known(), issued.drawn().orElse(null));
        return ResponseEntity.created(URI.create(credential.metadata().self())).body(credential);
    }

    @GetMapping
    ResourceList<Resource<CredentialSpec, CredentialStatus>> list(
            @AuthenticationPrincipal Caller caller, @PathVariable String cluster, HttpServletRequest request) {
        var page = credentials.list(caller, cluster, lists.request(request));
        return lists.list(
                KIND, request, page, known -> view(cluster, known, null), () -> credentials.count(caller, cluster));
    }

    @GetMapping("/{key}")
    Resource<CredentialSpec, CredentialStatus> get(
            @AuthenticationPrincipal Caller caller, @PathVariable String cluster, @PathVariable String key) {
        return view(cluster, credentials.find(caller, cluster, key), null);
    }

    @DeleteMapping("/{key}")
    ResponseEntity<?> delete(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String key,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        if (dryRun) {
            var before = view(cluster, credentials.find(caller, cluster, key), null);
            credentials.delete(caller, cluster, key, true);
            return dryRuns.deleted(before);
        }
        credentials.delete(caller, cluster, key, false);
        return ResponseEntity.noContent().build();
    }

    @PostMapping("/{key}/rotations")
    ResponseEntity<?> rotate(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String key,
            @RequestBody CredentialRotation request,
            HttpServletRequest http) {
        var checks = new FieldChecks();
        var overlap = overlap(request.overlap(), checks);
        var wish = wish(request.expiresAt(), request.secret(), "", checks);
        checks.done();
        return shown(cluster, credentials.rotate(caller, cluster, key, overlap, wish), http);
    }

    private static CredentialService.Wish wish(
            @Nullable Instant expiresAt, @Nullable String secret, String at, FieldChecks checks) {
        checks.that(
                secret == null || (secret.length() >= SHORTEST_SECRET && secret.length() <= LONGEST_SECRET),
                at + "/secret",
                "out_of_range",
                SHORTEST_SECRET + ".." + LONGEST_SECRET + " characters");
        return new CredentialService.Wish(Optional.ofNullable(expiresAt), Optional.ofNullable(secret), at);
    }

    private static Duration overlap(@Nullable String text, FieldChecks checks) {
        try {
            var overlap = text == null ? USUAL_OVERLAP : Duration.parse(text);
            checks.that(
                    !overlap.isNegative() && overlap.compareTo(LONGEST_OVERLAP) <= 0,
                    "/overlap",
                    "out_of_range",
                    "PT0S.." + LONGEST_OVERLAP);
            return overlap;
        } catch (DateTimeParseException e) {
            checks.wrong("/overlap", "malformed", "a duration as ISO 8601 has it, such as PT24H");
            return USUAL_OVERLAP;
        }
    }

    private static Resource<CredentialSpec, CredentialStatus> view(
            String cluster, CredentialService.Known known, @Nullable String secret) {
        var credential = known.credential();
        var created = Instant.ofEpochMilli(credential.createdAtMillis());
        var expires = credential.expiresAtMillis();
        return Resource.of(
                KIND,
                credential.user(),
                new Metadata(
                        credential.user(),
                        null,
                        Map.of(),
                        created,
                        created,
                        "",
                        "",
                        "/v1/clusters/" + cluster + "/credentials/" + credential.user(),
                        false),
                new CredentialSpec(
                        credential.principal(),
                        known.mechanism().name(),
                        expires.isPresent() ? Instant.ofEpochMilli(expires.getAsLong()) : null,
                        null),
                new CredentialStatus(
                        Phase.READY,
                        credential.user(),
                        secret,
                        secret == null ? SecretStatus.NOT_RETRIEVABLE : SecretStatus.SHOWN_ONCE));
    }
}
