// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.UserSpec;
import io.penstock.control.user.UserRules;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/users`
@RestController
@RequestMapping(UserController.PATH)
class UserController extends DocumentController<UserSpec> {
    static final String PATH = "/v1/users";

    UserController(UserRules rules, Tools tools) {
        super(rules, PATH, tools);
    }
}
