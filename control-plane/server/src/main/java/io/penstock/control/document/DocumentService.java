// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.document;

import io.penstock.api.ProblemCode;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Scope;
import io.penstock.control.problem.FieldChecks;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.Description;
import io.penstock.control.resource.Document;
import io.penstock.control.resource.Documents;
import io.penstock.control.resource.IdGenerator;
import io.penstock.control.resource.Page;
import io.penstock.control.secrets.SecretBox;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Makes, changes and removes documents of every kind.
@Service
public class DocumentService {
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int SECRET_LENGTH = 43; // 256 bits of chance

    private final Documents documents;
    private final SecretBox secrets;
    private final JsonMapper json;
    private final IdGenerator ids;
    private final RandomGenerator random;
    private final Clock clock;

    DocumentService(
            Documents documents,
            SecretBox secrets,
            JsonMapper json,
            IdGenerator ids,
            RandomGenerator random,
            Clock clock) {
        this.documents = documents;
        this.secrets = secrets;
        // A row may come from another version.
        this.json = json.rebuild()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
        this.ids = ids;
        this.random = random;
        this.clock = clock;
    }

    /// One that was just made.
    ///
    /// @param secret its only sight; empty for kinds without
    public record Made(Document document, Optional<String> secret) {}

    @Transactional
    public <S> Made create(Caller caller, DocumentRules<S> rules, Description description, Scope scope, S wish) {
        if (!rules.ofTenants() && !(scope instanceof Scope.Organization)) {
            throw ProblemException.field("/metadata/tenant_id", "not_allowed", "this is the organization's");
        }
        caller.require(rules.manage(), scope);
        var checks = new FieldChecks();
        S spec = rules.checked(caller, scope, Optional.empty(), wish, checks);
        checks.done();
        refuseTakenName(rules, scope.tenant(), description.name(), "");
        var id = ids.next(rules.prefix());
        // Rows keep microseconds.
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        var document = new Document(
                id,
                rules.kind(),
                scope.tenant(),
                scope.cluster(),
                description.name(),
                description.labels(),
                description.deletionProtection(),
                json.valueToTree(spec),
                caller.id(),
                now,
                now,
                0);
        Optional<String> secret = rules.hasSecret() ? Optional.of(secret()) : Optional.empty();
        try {
            documents.insert(
                    document, secret.map(text -> secrets.sealed(id, text.getBytes(StandardCharsets.US_ASCII))));
        } catch (DataIntegrityViolationException e) {
            throw ProblemException.of(
                    ProblemCode.VALIDATION_FAILED,
                    "Somebody has just taken the name '" + description.name() + "', or its tenant is gone.");
        }
        return new Made(document, secret);
    }

    @Transactional(readOnly = true)
    public Document find(Caller caller, DocumentRules<?> rules, String id) {
        caller.require(rules.read());
        return documents
                .find(rules.kind(), id)
                .filter(found -> caller.may(rules.read(), scope(found)))
                .orElseThrow(() -> ProblemException.notFound(rules.kind(), id));
    }

    @Transactional(readOnly = true)
    public Page<Document> list(Caller caller, DocumentRules<?> rules, String tenantId, Page.Request request) {
        caller.require(rules.read());
        return documents.page(query(caller, rules, tenantId), request);
    }

    @Transactional(readOnly = true)
    public long count(Caller caller, DocumentRules<?> rules, String tenantId) {
        return documents.count(query(caller, rules, tenantId));
    }

    private static Documents.Query query(Caller caller, DocumentRules<?> rules, String tenantId) {
        return new Documents.Query(rules.kind(), caller.reach(rules.read()), tenantId);
    }

    @Transactional
    public <S> Document update(
            Caller caller,
            DocumentRules<S> rules,
            String id,
            OptionalLong expectedVersion,
            Description description,
            S wish) {
        var before = find(caller, rules, id);
        caller.require(rules.manage(), scope(before));
        requireVersion(before, expectedVersion);
        var checks = new FieldChecks();
        S spec = rules.checked(caller, scope(before), Optional.of(spec(rules, before)), wish, checks);
        checks.done();
        refuseTakenName(rules, before.tenantId(), description.name(), id);
        var after = before.changed(
                description, json.valueToTree(spec), clock.instant().truncatedTo(ChronoUnit.MICROS));
        if (!documents.update(after)) {
            throw ProblemException.versionConflict(
                    documents.find(rules.kind(), id).map(Document::version).orElse(after.version()));
        }
        return after;
    }

    @Transactional
    public void delete(Caller caller, DocumentRules<?> rules, String id, OptionalLong expectedVersion) {
        var document = find(caller, rules, id);
        caller.require(rules.manage(), scope(document));
        requireVersion(document, expectedVersion);
        if (document.deletionProtection()) {
            throw ProblemException.of(
                    ProblemCode.DELETION_PROTECTED,
                    rules.kind() + " '" + document.name()
                            + "' is protected: set metadata.deletion_protection to false first.");
        }
        rules.deleting(document);
        documents.delete(id);
    }

    /// What a document says.
    public <S> S spec(DocumentRules<S> rules, Document document) {
        return json.treeToValue(document.spec(), rules.type());
    }

    /// Its secret in the clear; empty if it has none, or if the key file was replaced since.
    @Transactional(readOnly = true)
    public Optional<String> secretOf(String id) {
        return documents
                .secret(id)
                .flatMap(box -> secrets.opened(id, box))
                .map(bytes -> new String(bytes, StandardCharsets.US_ASCII));
    }

    private static Scope scope(Document document) {
        return Scope.of(document.tenantId(), document.clusterId());
    }

    private void refuseTakenName(DocumentRules<?> rules, Optional<String> tenantId, String name, String exceptId) {
        documents
                .named(rules.kind(), tenantId, name)
                .filter(other -> !other.id().equals(exceptId))
                .ifPresent(other -> {
                    throw ProblemException.alreadyExists(rules.kind(), name, other.id());
                });
    }

    private static void requireVersion(Document document, OptionalLong expected) {
        if (expected.isPresent() && expected.getAsLong() != document.version()) {
            throw ProblemException.versionConflict(document.version());
        }
    }

    private String secret() {
        var text = new StringBuilder();
        while (text.length() < SECRET_LENGTH) {
            text.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
        return text.toString();
    }
}
