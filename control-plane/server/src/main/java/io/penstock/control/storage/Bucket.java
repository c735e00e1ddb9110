// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.storage;

import io.penstock.api.BucketVerification;
import io.penstock.api.Phase;
import io.penstock.control.resource.Description;
import io.penstock.control.resource.ManagedResource;
import io.penstock.control.resource.NewResource;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/// An object-store location that has passed certification. Its URI never changes: clusters live there.
@Entity
@Table(name = "buckets")
public class Bucket extends ManagedResource {
    @Column(name = "tenant_id")
    private @Nullable String tenantId;

    private String uri;

    @Enumerated(EnumType.STRING)
    private Phase phase;

    // The environment's are used when this is null.
    private byte @Nullable [] credentials;

    @JdbcTypeCode(SqlTypes.JSON)
    private BucketVerification verification;

    @Column(name = "verified_at")
    private Instant verifiedAt;

    @SuppressWarnings("NullAway.Init")
    protected Bucket() {}

    Bucket(
            String id,
            NewResource facts,
            Optional<String> tenantId,
            String uri,
            Optional<byte[]> sealedCredentials,
            BucketVerification verification) {
        super(id, facts);
        this.tenantId = tenantId.orElse(null);
        this.uri = uri;
        this.credentials = sealedCredentials.orElse(null);
        this.phase = Phase.READY;
        this.verification = verification;
        this.verifiedAt = verification.verifiedAt();
    }

    /// A later verification: a bucket that fails one is degraded, not gone, because clusters live in it.
    void verified(BucketVerification outcome) {
        verification = outcome;
        verifiedAt = outcome.verifiedAt();
        phase = outcome.passed() ? Phase.READY : Phase.DEGRADED;
        changed(outcome.verifiedAt());
    }

    void redescribed(Description description, Instant at) {
        described(description.name(), description.labels(), description.deletionProtection(), at);
    }

    void rekeyed(byte[] sealedCredentials, Instant at) {
        credentials = sealedCredentials.clone();
        changed(at);
    }

    public Optional<String> tenantId() {
        return Optional.ofNullable(tenantId);
    }

    public String uri() {
        return uri;
    }

    public Phase phase() {
        return phase;
    }

    public boolean hasCredentials() {
        return credentials != null;
    }

    Optional<byte[]> sealedCredentials() {
        return Optional.ofNullable(credentials).map(byte[]::clone);
    }

    public BucketVerification verification() {
        return verification;
    }

    public Instant verifiedAt() {
        return verifiedAt;
    }
}
