// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.tenant;

import io.penstock.control.resource.Description;
import io.penstock.control.resource.ManagedResource;
import io.penstock.control.resource.NewResource;
import io.penstock.metadata.TenantLimits;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A customer.
@Entity
@Table(name = "tenants")
public class Tenant extends ManagedResource {
    @Column(name = "description")
    private String words;

    @Column(name = "produce_bytes_per_s")
    private @Nullable Long produceBytesPerSecond;

    @Column(name = "fetch_bytes_per_s")
    private @Nullable Long fetchBytesPerSecond;

    @Column(name = "connections_per_s")
    private @Nullable Long connectionsPerSecond;

    @Column(name = "limits_declared")
    private boolean limitsDeclared;

    @SuppressWarnings("NullAway.Init")
    protected Tenant() {}

    Tenant(String id, NewResource facts, String words, TenantLimits limits) {
        super(id, facts);
        this.words = words;
        limited(limits);
    }

    void redescribed(Description description, String newWords, TenantLimits limits, Instant at) {
        described(description.name(), description.labels(), description.deletionProtection(), at);
        this.words = newWords;
        if (!limits.equals(limits())) {
            limited(limits);
        }
    }

    /// From now on these are what the tenant is meant to be limited to, whatever its clusters say.
    final void limited(TenantLimits limits) {
        produceBytesPerSecond = orNull(limits.produceBytesPerSecond());
        fetchBytesPerSecond = orNull(limits.fetchBytesPerSecond());
        connectionsPerSecond = orNull(limits.connectionsPerSecond());
        limitsDeclared = limitsDeclared || !limits.equals(TenantLimits.NONE);
    }

    private static @Nullable Long orNull(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static OptionalLong optional(@Nullable Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /// What it may use of all brokers together.
    public TenantLimits limits() {
        return new TenantLimits(
                optional(produceBytesPerSecond), optional(fetchBytesPerSecond), optional(connectionsPerSecond));
    }

    /// Whether somebody has said here what the limits are; if not, those that an adopted cluster brought hold.
    public boolean limitsDeclared() {
        return limitsDeclared;
    }

    /// Free words for people.
    public String words() {
        return words;
    }
}
