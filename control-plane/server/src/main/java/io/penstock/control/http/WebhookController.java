// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.WebhookSpec;
import io.penstock.control.alert.WebhookRules;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/webhooks`
@RestController
@RequestMapping(WebhookController.PATH)
class WebhookController extends DocumentController<WebhookSpec> {
    static final String PATH = "/v1/webhooks";

    WebhookController(WebhookRules rules, Tools tools) {
        super(rules, PATH, tools);
    }
}
