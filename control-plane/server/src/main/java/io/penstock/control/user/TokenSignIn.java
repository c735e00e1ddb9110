// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.user;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jwt.JWTParser;
import io.penstock.api.IdentityProviderSpec;
import io.penstock.api.UserSpec;
import io.penstock.control.access.Caller;
import io.penstock.control.document.DocumentService;
import io.penstock.control.resource.Description;
import io.penstock.control.resource.Document;
import io.penstock.control.resource.Documents;
import io.penstock.control.resource.IdGenerator;
import io.penstock.control.resource.IdPrefix;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.stereotype.Service;
import org.springframework.web.client.RestTemplate;
import tools.jackson.databind.json.JsonMapper;

/// Finds out who stands behind a token of an identity provider (OpenID Connect), and which roles they have.
///
/// A person who is not known yet is noted at the first sign-in: as the user who was invited with the same
/// e-mail
/// address, if the provider says that it has verified it, else as a new one. Without a role binding a user
/// may do
/// nothing.
@Service
public class TokenSignIn {
    private static final Logger log = LoggerFactory.getLogger(TokenSignIn.class);
    private static final Duration KEYS_WITHIN = Duration.ofSeconds(5);
    private static final int MOST_GROUPS = 500;

    private final Documents documents;
    private final DocumentService service;
    private final IdentityProviderRules providers;
    private final UserRules users;
    private final JsonMapper json;
    private final IdGenerator ids;
    private final Clock clock;
    private final Cache<IdentityProviderSpec, NimbusJwtDecoder> decoders;

    TokenSignIn(
            Documents documents,
            DocumentService service,
            IdentityProviderRules providers,
            UserRules users,
            JsonMapper json,
            IdGenerator ids,
            Clock clock) {
        this.documents = documents;
        this.service = service;
        this.providers = providers;
        this.users = users;
        this.json = json;
        this.ids = ids;
        this.clock = clock;
        this.decoders = Caffeine.newBuilder().maximumSize(100).build();
    }

    /// Who presents this token; empty if it is not valid, or its user is kept out.
    public Optional<Caller> authenticate(String token) {
        var issuer = issuer(token);
        if (issuer.isEmpty()) {
            return Optional.empty();
        }
        return documents.with(IdentityProviderRules.KIND, "issuer", List.of(issuer.get())).stream()
                .findFirst()
                .flatMap(provider ->
                        verified(service.spec(providers, provider), token).flatMap(jwt -> caller(provider, jwt)));
    }

    /// What the token says of itself, unverified: only good to know whose keys it must be verified with.
    private static Optional<String> issuer(String token) {
        try {
            return Optional.ofNullable(JWTParser.parse(token).getJWTClaimsSet().getIssuer());
        } catch (ParseException e) {
            return Optional.empty();
        }
    }

    private Optional<Jwt> verified(IdentityProviderSpec provider, String token) {
        try {
            return Optional.of(Objects.requireNonNull(decoders.get(provider, this::decoder))
                    .decode(token));
        } catch (JwtException e) {
            log.info("event=token_refused issuer={} cause={}", provider.issuer(), e.getMessage());
            return Optional.empty();
        }
    }

    private NimbusJwtDecoder decoder(IdentityProviderSpec provider) {
        var requests = new SimpleClientHttpRequestFactory();
        requests.setConnectTimeout(KEYS_WITHIN);
        requests.setReadTimeout(KEYS_WITHIN);
        var decoder = NimbusJwtDecoder.withJwkSetUri(Objects.requireNonNull(provider.keysUrl()))
                .jwsAlgorithms(algorithms -> algorithms.addAll(List.of(SignatureAlgorithm.values())))
                .restOperations(new RestTemplate(requests))
                .build();
        var audience = Objects.requireNonNull(provider.audience());
        var times = new JwtTimestampValidator();
        times.setClock(clock);
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
                times,
                new JwtIssuerValidator(Objects.requireNonNull(provider.issuer())),
                new JwtClaimValidator<List<String>>(
                        JwtClaimNames.AUD, found -> found != null && found.contains(audience)),
                new JwtClaimValidator<String>(JwtClaimNames.SUB, found -> found != null && !found.isBlank()),
                // A token that never ends cannot be taken back.
                new JwtClaimValidator<Object>(JwtClaimNames.EXP, Objects::nonNull)));
        return decoder;
    }

    private Optional<Caller> caller(Document provider, Jwt jwt) {
        var user = known(provider, jwt).or(() -> invited(provider, jwt)).orElseGet(() -> fresh(provider, jwt));
        var spec = service.spec(users, user);
        if (Boolean.TRUE.equals(spec.disabled())) {
            return Optional.empty();
        }
        var principals = new ArrayList<String>();
        principals.add(user.id());
        groups(jwt, Objects.requireNonNull(service.spec(providers, provider).groupsClaim()))
                .forEach(group -> principals.add("group:" + provider.name() + "/" + group));
        var grants = documents.with(RoleBindingRules.KIND, RoleBindingRules.PRINCIPAL, principals).stream()
                .map(RoleBindingRules::grant)
                .toList();
        return Optional.of(new Caller(user.id(), words(spec, user), grants));
    }

    private static String words(UserSpec spec, Document user) {
        var email = spec.email();
        return email == null || email.isEmpty() ? user.name() : email;
    }

    private static List<String> groups(Jwt jwt, String claim) {
        return jwt.getClaims().get(claim) instanceof List<?> list
                ? list.stream().map(String::valueOf).limit(MOST_GROUPS).toList()
                : List.of();
    }

    private Optional<Document> known(Document provider, Jwt jwt) {
        return documents.with(UserRules.KIND, "subject", List.of(jwt.getSubject())).stream()
                .filter(user -> provider.id()
                        .equals(user.spec().path("identity_provider_id").asString("")))
                .findFirst();
    }

    private Optional<Document> invited(Document provider, Jwt jwt) {
        var email = jwt.getClaimAsString("email");
        if (email == null || !Boolean.TRUE.equals(jwt.getClaims().get("email_verified"))) {
            return Optional.empty();
        }
        return documents.with(UserRules.KIND, "email", List.of(email)).stream()
                .filter(user -> !user.spec().hasNonNull("subject"))
                .findFirst()
                .flatMap(user -> {
                    var spec = service.spec(users, user);
                    var joined = user.changed(
                            new Description(user.name(), user.labels(), user.deletionProtection()),
                            json.valueToTree(new UserSpec(
                                    spec.email(),
                                    spec.displayName(),
                                    provider.id(),
                                    jwt.getSubject(),
                                    spec.disabled())),
                            clock.instant().truncatedTo(ChronoUnit.MICROS));
                    return documents.update(joined) ? Optional.of(joined) : known(provider, jwt);
                });
    }

    private Document fresh(Document provider, Jwt jwt) {
        var id = ids.next(IdPrefix.USER);
        var email = Objects.requireNonNullElse(jwt.getClaimAsString("email"), "");
        var name = Objects.requireNonNullElse(jwt.getClaimAsString("name"), "");
        var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        var user = new Document(
                id,
                UserRules.KIND,
                Optional.empty(),
                Optional.empty(),
                id.toLowerCase(Locale.ROOT).replace('_', '-'),
                Map.of(),
                false,
                json.valueToTree(new UserSpec(email, name, provider.id(), jwt.getSubject(), false)),
                id,
                now,
                now,
                0);
        try {
            documents.insert(user, Optional.empty());
            log.info("event=user_signed_in_first user={} provider={}", id, provider.id());
            return user;
        } catch (DuplicateKeyException e) {
            // The same person came through two requests at once.
            return known(provider, jwt).orElseThrow(() -> e);
        }
    }
}
