// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.ApiKeyStatus.SecretStatus;
import io.penstock.api.BrokerSpec;
import io.penstock.api.BrokerStatus;
import io.penstock.api.CreateRequest;
import io.penstock.api.FleetAutoscaling;
import io.penstock.api.FleetSpec;
import io.penstock.api.FleetStatus;
import io.penstock.api.JoinTokenSpec;
import io.penstock.api.JoinTokenStatus;
import io.penstock.api.Metadata;
import io.penstock.api.Phase;
import io.penstock.api.Resource;
import io.penstock.api.ResourceList;
import io.penstock.api.UpdateRequest;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.fleet.BrokerPhase;
import io.penstock.control.fleet.BrokerView;
import io.penstock.control.fleet.Fleet;
import io.penstock.control.fleet.FleetService;
import io.penstock.control.fleet.JoinTokens;
import io.penstock.control.fleet.Provisioning;
import io.penstock.control.problem.FieldChecks;
import io.penstock.control.resource.Page;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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

/// `/v1/fleets` and their brokers. Fleets belong to the organization: a tenant's key sees its clusters' brokers in
/// the clusters' status.
@RestController
@RequestMapping("/v1/fleets")
class FleetController {
    private static final String KIND = "Fleet";
    private static final int MOST_BROKERS = 1000;
    private static final int USUAL_BROKERS = 3;
    private static final int MOST_ZONES = 16;

    private final FleetService fleets;
    private final Lists lists;
    private final JsonBodies bodies;
    private final DryRuns dryRuns;
    private final JoinTokens joinTokens;
    private final Clock clock;

    FleetController(
            FleetService fleets, Lists lists, JsonBodies bodies, DryRuns dryRuns, JoinTokens joinTokens, Clock clock) {
        this.fleets = fleets;
        this.lists = lists;
        this.bodies = bodies;
        this.dryRuns = dryRuns;
        this.joinTokens = joinTokens;
        this.clock = clock;
    }

    /// The body of a PATCH.
    record Update(UpdateRequest.Metadata metadata, FleetSpec spec) {}

    @PostMapping
    ResponseEntity<?> create(
            @AuthenticationPrincipal Caller caller,
            @RequestBody CreateRequest<FleetSpec> request,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        caller.requireInOrganization(Permission.FLEET_MANAGE);
        var checks = new FieldChecks();
        var description = Requests.description(request, KIND, checks);
        var desired = desired(request.spec(), checks);
        var zones = zones(request.spec(), checks);
        var provisioning = provisioning(request.spec(), checks);
        var rule = autoscaling(request.spec(), checks);
        checks.done();
        if (dryRun) {
            return dryRuns.created(dryRuns.takenBack(
                    () -> view(caller, fleets.create(caller, description, desired, zones, provisioning, rule))));
        }
        var fleet = view(caller, fleets.create(caller, description, desired, zones, provisioning, rule));
        return ResponseEntity.created(URI.create(fleet.metadata().self()))
                .eTag(Versions.etag(fleet))
                .body(fleet);
    }

    @GetMapping
    ResourceList<Resource<FleetSpec, FleetStatus>> list(
            @AuthenticationPrincipal Caller caller, HttpServletRequest request) {
        caller.requireInOrganization(Permission.FLEET_READ);
        var page = fleets.list(caller, lists.request(request, FleetService.SORTABLE));
        return lists.list(KIND, request, page, fleet -> view(caller, fleet), () -> fleets.count(caller));
    }

    @GetMapping("/{fleet}")
    ResponseEntity<Resource<FleetSpec, FleetStatus>> get(
            @AuthenticationPrincipal Caller caller, @PathVariable String fleet, HttpServletRequest request) {
        caller.requireInOrganization(Permission.FLEET_READ);
        return Versions.live(view(caller, fleets.find(caller, fleet)), request);
    }

    @PatchMapping(path = "/{fleet}", consumes = MergePatch.MEDIA_TYPE)
    ResponseEntity<?> update(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String fleet,
            @RequestBody JsonNode patch,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        caller.requireInOrganization(Permission.FLEET_MANAGE);
        var current = fleets.find(caller, fleet);
        var update = bodies.patched(new Update(Requests.changeable(current), spec(current)), patch, Update.class);
        var checks = new FieldChecks();
        var description = Requests.description(new UpdateRequest<>(update.metadata(), update.spec()), checks);
        var desired = desired(update.spec(), checks);
        var zones = zones(update.spec(), checks);
        var rule = autoscaling(update.spec(), checks);
        checks.that(
                provisioning(update.spec(), checks) == current.provisioning(),
                "/spec/provisioning",
                "immutable",
                "who makes a fleet's brokers never changes");
        checks.done();
        if (dryRun) {
            var before = view(caller, current);
            return dryRuns.changed(
                    before,
                    dryRuns.takenBack(() -> view(
                            caller,
                            fleets.update(
                                    caller, fleet, Versions.expected(request), description, desired, zones, rule))));
        }
        return Versions.ok(view(
                caller, fleets.update(caller, fleet, Versions.expected(request), description, desired, zones, rule)));
    }

    @DeleteMapping("/{fleet}")
    ResponseEntity<?> delete(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String fleet,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        if (dryRun) {
            return dryRuns.deleted(dryRuns.takenBack(() -> {
                var before = view(caller, fleets.find(caller, fleet));
                fleets.delete(caller, fleet, Versions.expected(request));
                return before;
            }));
        }
        fleets.delete(caller, fleet, Versions.expected(request));
        return ResponseEntity.noContent().build();
    }

    @GetMapping("/{fleet}/brokers")
    ResourceList<Resource<BrokerSpec, BrokerStatus>> brokers(
            @AuthenticationPrincipal Caller caller, @PathVariable String fleet, HttpServletRequest request) {
        caller.requireInOrganization(Permission.FLEET_READ);
        var page = lists.request(request);
        var all = fleets.brokers(caller, fleet);
        var following = all.stream()
                .sorted(Comparator.comparing(BrokerView::id))
                .filter(broker -> broker.id().compareTo(page.after()) > 0)
                .limit(page.size() + 1L)
                .toList();
        return lists.of(
                "Broker", request, Page.cut(following, page.size(), BrokerView::id), FleetController::view, () ->
                        (long) all.size());
    }

    @GetMapping("/{fleet}/brokers/{broker}")
    Resource<BrokerSpec, BrokerStatus> broker(
            @AuthenticationPrincipal Caller caller, @PathVariable String fleet, @PathVariable String broker) {
        caller.requireInOrganization(Permission.FLEET_READ);
        return view(fleets.broker(caller, fleet, broker));
    }

    /// Has the broker give its shards to others and leave; answers with the broker as it is then.
    @PostMapping("/{fleet}/brokers/{broker}/drains")
    ResponseEntity<?> drain(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String fleet,
            @PathVariable String broker,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        if (dryRun) {
            caller.requireInOrganization(Permission.FLEET_MANAGE);
            return dryRuns.unchanged(view(fleets.broker(caller, fleet, broker)));
        }
        var leaving = view(fleets.drain(caller, fleet, broker));
        var answer = ResponseEntity.accepted().header(HttpHeaders.RETRY_AFTER, "1");
        fleets.drainOperation(broker)
                .ifPresent(operation -> answer.header("Operation-Location", "/v1/operations/" + operation));
        return answer.body(leaving);
    }

    /// A token with which one host becomes a broker of the fleet, once.
    @PostMapping("/{fleet}/join-tokens")
    ResponseEntity<?> joinToken(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String fleet,
            @RequestBody NewJoinToken request,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest http) {
        caller.requireInOrganization(Permission.FLEET_MANAGE);
        var spec = request.spec() == null ? new JoinTokenSpec(null, null) : request.spec();
        var zone = spec.zone() == null ? "" : spec.zone();
        var checks = new FieldChecks();
        if (!zone.isEmpty()) {
            checks.name("/spec/zone", zone);
        }
        checks.done();
        var found = fleets.find(caller, fleet);
        var expiresAt = joinTokens.end(Optional.ofNullable(spec.expiresAt()));
        if (dryRun) {
            return dryRuns.created(view(caller, found, new JoinTokens.Issued("jt_", "", zone, expiresAt)));
        }
        var issued = joinTokens.issue(caller, found, zone, expiresAt);
        IdempotencyFilter.secretBearing(
                http, view(caller, found, new JoinTokens.Issued(issued.id(), "", zone, expiresAt)));
        return ResponseEntity.status(HttpStatus.CREATED).body(view(caller, found, issued));
    }

    /// The body of a POST for a token: it has no name.
    record NewJoinToken(@Nullable JoinTokenSpec spec) {}

    private Resource<JoinTokenSpec, JoinTokenStatus> view(Caller caller, Fleet fleet, JoinTokens.Issued issued) {
        Instant now = clock.instant();
        String secret = issued.secret().isEmpty() ? null : issued.secret();
        return Resource.of(
                "JoinToken",
                issued.id(),
                new Metadata(
                        issued.id(),
                        null,
                        Map.of(),
                        now,
                        now,
                        caller.id(),
                        "0",
                        "/v1/fleets/" + fleet.id() + "/join-tokens",
                        false),
                new JoinTokenSpec(issued.zone(), issued.expiresAt()),
                new JoinTokenStatus(secret, secret == null ? SecretStatus.NOT_RETRIEVABLE : SecretStatus.SHOWN_ONCE));
    }

    private static int desired(@Nullable FleetSpec spec, FieldChecks checks) {
        return checks.within(
                "/spec/desired_brokers", spec == null ? null : spec.desiredBrokers(), 0, MOST_BROKERS, USUAL_BROKERS);
    }

    private static List<String> zones(@Nullable FleetSpec spec, FieldChecks checks) {
        List<String> zones = spec == null || spec.zones() == null ? List.of() : spec.zones();
        checks.that(zones.size() <= MOST_ZONES, "/spec/zones", "too_many", "at most " + MOST_ZONES + " zones");
        checks.that(
                zones.stream().distinct().count() == zones.size(), "/spec/zones", "duplicate", "each zone stands once");
        for (int i = 0; i < zones.size(); i++) {
            checks.name("/spec/zones/" + i, zones.get(i));
        }
        return zones;
    }

    private static Optional<FleetAutoscaling> autoscaling(@Nullable FleetSpec spec, FieldChecks checks) {
        var rule = Optional.ofNullable(spec).map(FleetSpec::autoscaling);
        rule.ifPresent(given -> {
            checks.that(
                    given.minBrokers() >= 1 && given.minBrokers() <= given.maxBrokers(),
                    "/spec/autoscaling/min_brokers",
                    "out_of_range",
                    "1..max_brokers");
            checks.that(
                    given.maxBrokers() <= MOST_BROKERS,
                    "/spec/autoscaling/max_brokers",
                    "out_of_range",
                    "at most " + MOST_BROKERS);
            checks.that(
                    given.bytesPerSecond() >= 1, "/spec/autoscaling/bytes_per_second", "out_of_range", "at least 1");
        });
        return rule;
    }

    private static Provisioning provisioning(@Nullable FleetSpec spec, FieldChecks checks) {
        return checks.oneOf(
                "/spec/provisioning",
                spec == null ? null : spec.provisioning(),
                Provisioning.class,
                Provisioning.MANAGED);
    }

    private static FleetSpec spec(Fleet fleet) {
        return new FleetSpec(
                fleet.desiredBrokers(),
                fleet.zones(),
                fleet.provisioning().name(),
                fleet.autoscaling().orElse(null));
    }

    private Resource<FleetSpec, FleetStatus> view(Caller caller, Fleet fleet) {
        var brokers = fleets.brokers(caller, fleet.id());
        int serving = (int) brokers.stream()
                .filter(broker -> broker.phase() == BrokerPhase.SERVING)
                .count();
        int wanted = fleet.provisioning() == Provisioning.JOINED ? brokers.size() : fleet.desiredBrokers();
        return Resource.of(
                KIND,
                fleet.id(),
                Requests.metadata(fleet, null, "/v1/fleets/" + fleet.id()),
                spec(fleet),
                new FleetStatus(serving == wanted ? Phase.READY : Phase.UPDATING, brokers.size(), serving));
    }

    private static Resource<BrokerSpec, BrokerStatus> view(BrokerView broker) {
        return Resource.of(
                "Broker",
                broker.id(),
                new Metadata(
                        "broker-" + broker.nodeId(),
                        null,
                        Map.of(),
                        broker.phaseSince(),
                        broker.phaseSince(),
                        Caller.SYSTEM.id(),
                        Long.toString(broker.epoch()),
                        "/v1/fleets/" + broker.fleetId() + "/brokers/" + broker.id(),
                        false),
                new BrokerSpec(broker.fleetId()),
                new BrokerStatus(
                        broker.phase().name(),
                        broker.phaseReason(),
                        broker.phaseSince(),
                        broker.nodeId(),
                        broker.zone(),
                        broker.host(),
                        broker.pid().isPresent() ? Long.valueOf(broker.pid().getAsLong()) : null,
                        broker.software(),
                        broker.epoch(),
                        broker.connected(),
                        broker.shardsLed(),
                        List.of(StoreConditions.ofBroker(broker.stores(), broker.phaseSince()))));
    }
}
