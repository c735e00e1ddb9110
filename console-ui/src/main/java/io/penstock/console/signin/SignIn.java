// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.signin;

import com.vaadin.flow.spring.annotation.SpringComponent;
import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.ApiKey;
import io.penstock.console.gateway.PenstockGateway;

/// Decides whether what somebody typed lets them in. The control plane is the judge; the console keeps no list.
@SpringComponent
final class SignIn {
    private final PenstockGateway gateway;

    SignIn(PenstockGateway gateway) {
        this.gateway = gateway;
    }

    /// What came of an attempt.
    sealed interface Outcome {
        record Accepted(ApiKey key) implements Outcome {}

        /// @param advice what to do, for people
        record Rejected(String advice) implements Outcome {}
    }

    Outcome attempt(String typed) {
        return ApiKey.typed(typed)
                .map(this::attempt)
                .orElseGet(() ->
                        new Outcome.Rejected("That is not an API key. A key starts with psk_ and has no spaces."));
    }

    private Outcome attempt(ApiKey key) {
        return switch (gateway.tenants(key)) {
            case Answer.Received<?> _ -> new Outcome.Accepted(key);
            case Answer.KeyRefused<?> _ ->
                new Outcome.Rejected(
                        "The control plane does not accept this key. It may be mistyped, expired or revoked.");
            case Answer.NotAllowed<?>(var why) ->
                new Outcome.Rejected("The key is good, but not for the console: " + why);
            case Answer.NotFound<?>(var why) ->
                new Outcome.Rejected("What answers is not a control plane that this console knows (" + why + ").");
            case Answer.Refused<?>(var refusal) ->
                new Outcome.Rejected("The control plane refuses to answer: " + refusal.detail());
            case Answer.Unavailable<?>(var why) ->
                new Outcome.Rejected("The control plane does not answer (" + why + "). Try again in a moment.");
        };
    }
}
