// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.ControlPlaneSpec;
import io.penstock.api.ControlPlaneStatus;
import io.penstock.api.Metadata;
import io.penstock.api.Resource;
import io.penstock.api.ResourceList;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.lease.Lease;
import io.penstock.control.lease.Replica;
import io.penstock.control.resource.Page;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/control-planes`: the replicas of this control plane, and which of them acts.
@RestController
@RequestMapping("/v1/control-planes")
class ControlPlaneController {
    private final Lease lease;
    private final Lists lists;

    ControlPlaneController(Lease lease, Lists lists) {
        this.lease = lease;
        this.lists = lists;
    }

    @GetMapping
    ResourceList<Resource<ControlPlaneSpec, ControlPlaneStatus>> list(
            @AuthenticationPrincipal Caller caller, HttpServletRequest request) {
        caller.requireInOrganization(Permission.FLEET_READ);
        var page = lists.request(request);
        var all = lease.replicas();
        var following = all.stream()
                .filter(replica -> replica.id().compareTo(page.after()) > 0)
                .limit(page.size() + 1L)
                .toList();
        return lists.of(
                "ControlPlane",
                request,
                Page.cut(following, page.size(), Replica::id),
                ControlPlaneController::view,
                () -> (long) all.size());
    }

    private static Resource<ControlPlaneSpec, ControlPlaneStatus> view(Replica replica) {
        return Resource.of(
                "ControlPlane",
                replica.id(),
                new Metadata(
                        replica.id(),
                        null,
                        Map.of(),
                        replica.startedAt(),
                        replica.startedAt(),
                        Caller.SYSTEM.id(),
                        replica.active() ? "1" : "0",
                        "/v1/control-planes",
                        false),
                new ControlPlaneSpec(replica.zone()),
                new ControlPlaneStatus(
                        replica.active() ? "ACTIVE" : "STANDBY", replica.httpAddress(), replica.brokerAddress()));
    }
}
