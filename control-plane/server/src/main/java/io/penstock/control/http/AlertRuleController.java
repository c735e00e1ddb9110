// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.AlertRuleSpec;
import io.penstock.control.alert.AlertRuleRules;
import java.util.Optional;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/alert-rules`
@RestController
@RequestMapping(AlertRuleController.PATH)
class AlertRuleController extends DocumentController<AlertRuleSpec> {
    static final String PATH = "/v1/alert-rules";

    AlertRuleController(AlertRuleRules rules, Tools tools) {
        super(rules, PATH, tools);
    }

    @Override
    Optional<String> clusterId(AlertRuleSpec spec) {
        return Optional.ofNullable(spec.clusterId());
    }
}
