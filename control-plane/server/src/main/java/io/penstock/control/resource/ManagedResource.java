// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.resource;

import jakarta.persistence.Column;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.PostLoad;
import jakarta.persistence.PostPersist;
import jakarta.persistence.Transient;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.springframework.data.domain.Persistable;

/// What every resource with a life of its own has: id, name, labels, protection, times, and a version that grows
/// with each change and guards against lost updates.
@MappedSuperclass
public abstract class ManagedResource implements Persistable<String> {
    @Id
    private String id;

    private String name;

    @JdbcTypeCode(SqlTypes.JSON)
    private Map<String, String> labels;

    @Column(name = "deletion_protection")
    private boolean deletionProtection;

    @Column(name = "created_by")
    private String createdBy;

    @Column(name = "created_at")
    private Instant createdAt;

    @Column(name = "updated_at")
    private Instant updatedAt;

    @Version
    private long version;

    // Ids are given, not generated, so Spring Data cannot tell by itself what is new.
    @Transient
    private boolean fresh;

    /// For the persistence provider only.
    @SuppressWarnings("NullAway.Init")
    protected ManagedResource() {}

    protected ManagedResource(String id, NewResource facts) {
        this.id = id;
        this.name = facts.name();
        this.labels = new TreeMap<>(facts.labels());
        this.deletionProtection = facts.deletionProtection();
        this.createdBy = facts.createdBy();
        this.createdAt = facts.at();
        this.updatedAt = facts.at();
        this.fresh = true;
    }

    /// Takes on what a caller may change of any resource.
    protected final void described(String newName, Map<String, String> newLabels, boolean protect, Instant at) {
        this.name = newName;
        this.labels = new TreeMap<>(newLabels);
        this.deletionProtection = protect;
        this.updatedAt = at;
    }

    protected final void changed(Instant at) {
        this.updatedAt = at;
    }

    @PostLoad
    @PostPersist
    void stored() {
        this.fresh = false;
    }

    @Override
    public boolean isNew() {
        return fresh;
    }

    @Override
    public String getId() {
        return id;
    }

    public String id() {
        return id;
    }

    public String name() {
        return name;
    }

    public Map<String, String> labels() {
        return Map.copyOf(labels);
    }

    public boolean deletionProtection() {
        return deletionProtection;
    }

    public String createdBy() {
        return createdBy;
    }

    public Instant createdAt() {
        return createdAt;
    }

    public Instant updatedAt() {
        return updatedAt;
    }

    public long version() {
        return version;
    }
}
