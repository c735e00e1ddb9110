// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.access;

import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.Description;
import io.penstock.control.resource.IdGenerator;
import io.penstock.control.resource.IdPrefix;
import io.penstock.control.resource.NewResource;
import io.penstock.control.resource.OrderedPages;
import io.penstock.control.resource.OrderedPages.Source;
import io.penstock.control.resource.Page;
import io.penstock.control.resource.Reach;
import io.penstock.control.resource.SortColumn;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/// Makes, checks and revokes API keys.
@Service
public class ApiKeyService {
    private static final Map<String, SortColumn> COLUMNS = SortColumn.ofResources(SortColumn.text("role"));
    /// What keys can be ordered by.
    public static final Set<String> SORTABLE = COLUMNS.keySet();

    private final ApiKeys keys;
    private final OrderedPages pages;
    private final IdGenerator ids;
    private final RandomGenerator random;
    private final Clock clock;

    /// A key that was just made, with the only sight of its secret.
    public record Issued(ApiKey key, String secret) {}

    ApiKeyService(ApiKeys keys, OrderedPages pages, IdGenerator ids, RandomGenerator random, Clock clock) {
        this.keys = keys;
        this.pages = pages;
        this.ids = ids;
        this.random = random;
        this.clock = clock;
    }

    /// Who stands behind a key; empty if nobody does (any more).
    @Transactional(readOnly = true)
    public Optional<Caller> authenticate(String text) {
        return ApiKeyFormat.read(text)
                .flatMap(parts -> keys.findById(parts.keyId())
                        .filter(key -> key.opensWith(hash(parts.secret()), clock.instant())))
                .map(ApiKey::caller);
    }

    @Transactional
    public Issued create(Caller caller, Description description, Grant grant, Optional<Instant> expiresAt) {
        caller.require(Permission.API_KEY_MANAGE, grant.scope());
        // Nobody gives away more than they have.
        grant.permissions().stream().sorted().forEach(permission -> caller.require(permission, grant.scope()));
        return issue(caller, description, grant, expiresAt);
    }

    /// The very first key of a control plane; empty when there are keys already.
    @Transactional
    public Optional<Issued> createFirst() {
        if (keys.count() > 0) {
            return Optional.empty();
        }
        return Optional.of(issue(
                Caller.SYSTEM,
                new Description("bootstrap", Map.of(), false),
                Grant.of(Role.ORG_ADMIN, new Scope.Organization()),
                Optional.empty()));
    }

    private Issued issue(Caller caller, Description description, Grant grant, Optional<Instant> expiresAt) {
        var secret = secret();
        var facts = new NewResource(
                description.name(),
                description.labels(),
                description.deletionProtection(),
                caller.id(),
                clock.instant());
        var key = new ApiKey(ids.next(IdPrefix.API_KEY), facts, grant, hash(secret), expiresAt);
        return new Issued(keys.saveAndFlush(key), ApiKeyFormat.write(key.id(), secret));
    }

    @Transactional(readOnly = true)
    public ApiKey find(Caller caller, String id) {
        caller.require(Permission.API_KEY_MANAGE);
        return visible(caller, id);
    }

    @Transactional(readOnly = true)
    public Page<ApiKey> list(Caller caller, Page.Request request) {
        caller.require(Permission.API_KEY_MANAGE);
        var reach = caller.reach(Permission.API_KEY_MANAGE);
        if (!request.order().isUsual()) {
            return pages.page(
                    new Source("api_keys", "id", COLUMNS, Reach.of("tenant_id"), Map.of("reach", reach)),
                    request,
                    keys::findByIdIn,
                    ApiKey::id);
        }
        return Page.cut(keys.page(request.after(), reach, Limit.of(request.size() + 1)), request.size(), ApiKey::id);
    }

    @Transactional(readOnly = true)
    public long count(Caller caller) {
        return keys.countIn(caller.reach(Permission.API_KEY_MANAGE));
    }

    @Transactional
    public ApiKey update(Caller caller, String id, OptionalLong expectedVersion, Description description) {
        caller.require(Permission.API_KEY_MANAGE);
        var key = visible(caller, id);
        requireVersion(key, expectedVersion);
        key.redescribed(description, clock.instant());
        return keys.saveAndFlush(key);
    }

    @Transactional
    public void delete(Caller caller, String id, OptionalLong expectedVersion) {
        caller.require(Permission.API_KEY_MANAGE);
        var key = visible(caller, id);
        requireVersion(key, expectedVersion);
        keys.delete(key);
    }

    private ApiKey visible(Caller caller, String id) {
        return keys.findById(id)
                .filter(key -> caller.may(Permission.API_KEY_MANAGE, key.grant().scope()))
                .orElseThrow(() -> ProblemException.notFound("API key", id));
    }

    private static void requireVersion(ApiKey key, OptionalLong expected) {
        if (expected.isPresent() && expected.getAsLong() != key.version()) {
            throw ProblemException.versionConflict(key.version());
        }
    }

    private String secret() {
        var text = new StringBuilder();
        while (text.length() < ApiKeyFormat.SECRET_LENGTH) {
            text.append(ApiKeyFormat.digit(random.nextInt(62)));
        }
        return text.toString();
    }

    // The secret has 256 bits of chance, so a plain hash is enough: there is nothing to guess.
    private static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
