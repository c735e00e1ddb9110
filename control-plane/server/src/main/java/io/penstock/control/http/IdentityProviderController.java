// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.IdentityProviderSpec;
import io.penstock.control.user.IdentityProviderRules;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/identity-providers`
@RestController
@RequestMapping(IdentityProviderController.PATH)
class IdentityProviderController extends DocumentController<IdentityProviderSpec> {
    static final String PATH = "/v1/identity-providers";

    IdentityProviderController(IdentityProviderRules rules, Tools tools) {
        super(rules, PATH, tools);
    }
}
