// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.CallerView;
import io.penstock.api.Resource;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/caller`: whom this API takes the caller for.
@RestController
class CallerController {
    @GetMapping("/v1/caller")
    CallerView get(@AuthenticationPrincipal Caller caller) {
        return new CallerView(
                Resource.API_VERSION,
                "Caller",
                caller.id(),
                caller.name(),
                caller.grants().stream()
                        .map(grant -> new CallerView.Grant(
                                grant.role().name(),
                                grant.permissions().stream()
                                        .sorted()
                                        .map(Permission::text)
                                        .toList(),
                                grant.scope().tenant().orElse(null),
                                grant.scope().cluster().orElse(null)))
                        .toList());
    }
}
