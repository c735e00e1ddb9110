// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.ClusterAuthentication;
import io.penstock.control.access.Caller;
import io.penstock.control.identity.AuthenticationService;
import io.penstock.control.identity.AuthenticationService.Issuer;
import io.penstock.control.identity.AuthenticationService.Trusted;
import io.penstock.control.problem.FieldChecks;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/clusters/{cluster}/authentication`
@RestController
@RequestMapping("/v1/clusters/{cluster}/authentication")
class AuthenticationController {
    private final AuthenticationService authentication;

    AuthenticationController(AuthenticationService authentication) {
        this.authentication = authentication;
    }

    @GetMapping
    ClusterAuthentication get(@AuthenticationPrincipal Caller caller, @PathVariable String cluster) {
        return view(authentication.find(caller, cluster));
    }

    /// Declares all of it: what is left out is trusted no more.
    @PutMapping
    ClusterAuthentication declare(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @RequestBody ClusterAuthentication request) {
        var checks = new FieldChecks();
        var clientCa = Optional.ofNullable(request.clientCa()).filter(pem -> !pem.isBlank());
        clientCa.ifPresent(pem ->
                checks.that(areCertificates(pem), "/client_ca", "malformed", "certificates (PEM), one after another"));
        var tokens = request.tokens();
        var issuer = tokens == null
                ? Optional.<Issuer>empty()
                : Optional.of(new Issuer(
                        checks.required("/tokens/keys_url", tokens.keysUrl()),
                        checks.required("/tokens/issuer", tokens.issuer()),
                        checks.required("/tokens/audience", tokens.audience()),
                        Optional.ofNullable(tokens.principalClaim()).orElse("sub")));
        issuer.ifPresent(given -> checks.that(
                given.keysUrl().startsWith("https://"), "/tokens/keys_url", "malformed", "an https:// address"));
        checks.done();
        return view(authentication.declare(caller, cluster, new Trusted(clientCa, issuer)));
    }

    private static boolean areCertificates(String pem) {
        try {
            return !CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
                    .isEmpty();
        } catch (CertificateException e) {
            return false;
        }
    }

    private static ClusterAuthentication view(Trusted trusted) {
        return new ClusterAuthentication(
                trusted.clientCa().orElse(null),
                trusted.issuer()
                        .map(issuer -> new ClusterAuthentication.TokenIssuer(
                                issuer.keysUrl(), issuer.issuer(), issuer.audience(), issuer.principalClaim()))
                        .orElse(null));
    }
}
