// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.Alert;
import io.penstock.api.ResourceList;
import io.penstock.control.access.Caller;
import io.penstock.control.alert.AlertService;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/alerts`
@RestController
class AlertController {
    private final AlertService alerts;
    private final Lists lists;

    AlertController(AlertService alerts, Lists lists) {
        this.alerts = alerts;
        this.lists = lists;
    }

    @GetMapping("/v1/alerts")
    ResourceList<Alert> list(@AuthenticationPrincipal Caller caller, HttpServletRequest request) {
        var page = lists.request(request, "state", "tenant_id");
        var state = Lists.filter(request, "state");
        var tenant = Lists.filter(request, "tenant_id");
        return lists.of(
                "Alert",
                request,
                alerts.list(caller, state, tenant, page),
                alert -> alert,
                () -> alerts.count(caller, state, tenant));
    }
}
