// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.console.FakeGateway;
import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.ApiKey;
import io.penstock.console.signin.SignIn.Outcome.Accepted;
import io.penstock.console.signin.SignIn.Outcome.Rejected;
import org.junit.jupiter.api.Test;

class SignInTest {
    private final FakeGateway gateway = new FakeGateway();
    private final SignIn signIn = new SignIn(gateway);

    @Test
    void aKeyThatTheControlPlaneKnowsLetsIn() {
        assertThat(signIn.attempt("  psk_ABC_secret\n")).isEqualTo(new Accepted(new ApiKey("psk_ABC_secret")));
    }

    @Test
    void whatIsNoKeyIsNotEvenSent() {
        gateway.tenants = new Answer.Unavailable<>("must not be asked");

        assertThat(rejection("hunter2")).contains("starts with psk_");
        assertThat(rejection("")).contains("starts with psk_");
        assertThat(rejection("psk_ABC_secret\r\nX-Other: header")).contains("starts with psk_");
    }

    @Test
    void eachRefusalSaysWhatToDo() {
        gateway.tenants = new Answer.KeyRefused<>();
        assertThat(rejection("psk_ABC_secret")).contains("mistyped, expired or revoked");

        gateway.tenants = new Answer.NotAllowed<>("tenant.read is missing");
        assertThat(rejection("psk_ABC_secret")).contains("good").contains("tenant.read is missing");

        gateway.tenants = new Answer.Unavailable<>("no answer");
        assertThat(rejection("psk_ABC_secret")).contains("does not answer").contains("Try again");
    }

    @Test
    void aKeyPrintsItsPublicPartOnly() {
        var key = new ApiKey("psk_01ABC_s3cret");

        assertThat(key).hasToString("key_01ABC");
        assertThat(new Accepted(key).toString()).doesNotContain("s3cret");
    }

    private String rejection(String typed) {
        return signIn.attempt(typed) instanceof Rejected(var advice) ? advice : "it was accepted";
    }
}
