// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.access;

import io.penstock.control.resource.Description;
import io.penstock.control.resource.ManagedResource;
import io.penstock.control.resource.NewResource;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Table;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/// A credential for the REST API. Only a hash of its secret is kept.
@Entity
@Table(name = "api_keys")
public class ApiKey extends ManagedResource {
    @Enumerated(EnumType.STRING)
    private Role role;

    @Column(name = "tenant_id")
    private @Nullable String tenantId;

    @Column(name = "cluster_id")
    private @Nullable String clusterId;

    @JdbcTypeCode(SqlTypes.JSON)
    private List<String> permissions;

    @Column(name = "secret_hash")
    private byte[] secretHash;

    @Column(name = "expires_at")
    private @Nullable Instant expiresAt;

    @SuppressWarnings("NullAway.Init")
    protected ApiKey() {}

    ApiKey(String id, NewResource facts, Grant grant, byte[] secretHash, Optional<Instant> expiresAt) {
        super(id, facts);
        this.role = grant.role();
        this.permissions = grant.permissions().equals(grant.role().permissions())
                ? List.of()
                : grant.permissions().stream().map(Permission::text).sorted().toList();
        this.tenantId = grant.scope().tenant().orElse(null);
        this.clusterId = grant.scope().cluster().orElse(null);
        this.secretHash = secretHash.clone();
        this.expiresAt = expiresAt.orElse(null);
    }

    boolean opensWith(byte[] hash, Instant at) {
        return MessageDigest.isEqual(secretHash, hash) && (expiresAt == null || at.isBefore(expiresAt));
    }

    void redescribed(Description description, Instant at) {
        described(description.name(), description.labels(), description.deletionProtection(), at);
    }

    Caller caller() {
        return new Caller(id(), name(), List.of(grant()));
    }

    /// What it may do where.
    public Grant grant() {
        var only = permissions.stream()
                .flatMap(text -> Permission.ofText(text).stream())
                .collect(Collectors.toSet());
        return Grant.of(role, only, Scope.of(tenantId(), Optional.ofNullable(clusterId)));
    }

    /// What of its role it is cut down to; empty: all of it.
    public List<String> permissions() {
        return List.copyOf(permissions);
    }

    public Optional<String> tenantId() {
        return Optional.ofNullable(tenantId);
    }

    public Optional<Instant> expiresAt() {
        return Optional.ofNullable(expiresAt);
    }
}
