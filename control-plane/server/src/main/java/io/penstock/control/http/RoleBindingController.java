// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.RoleBindingSpec;
import io.penstock.control.user.RoleBindingRules;
import java.util.Optional;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/role-bindings`
@RestController
@RequestMapping(RoleBindingController.PATH)
class RoleBindingController extends DocumentController<RoleBindingSpec> {
    static final String PATH = "/v1/role-bindings";

    RoleBindingController(RoleBindingRules rules, Tools tools) {
        super(rules, PATH, tools);
    }

    @Override
    Optional<String> clusterId(RoleBindingSpec spec) {
        return Optional.ofNullable(spec.clusterId());
    }
}
