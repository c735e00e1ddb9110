// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.identity;

import io.penstock.control.resource.Description;
import io.penstock.control.resource.ManagedResource;
import io.penstock.control.resource.NewResource;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;

/// A tenant's program, as clusters know it: its id is the name of its Kafka principal.
@Entity
@Table(name = "service_accounts")
public class ServiceAccount extends ManagedResource {
    @Column(name = "tenant_id")
    private String tenantId;

    @Column(name = "description")
    private String words;

    @SuppressWarnings("NullAway.Init")
    protected ServiceAccount() {}

    ServiceAccount(String id, NewResource facts, String tenantId, String words) {
        super(id, facts);
        this.tenantId = tenantId;
        this.words = words;
    }

    void redescribed(Description description, String newWords, Instant at) {
        described(description.name(), description.labels(), description.deletionProtection(), at);
        this.words = newWords;
    }

    public String tenantId() {
        return tenantId;
    }

    /// Free words for people.
    public String words() {
        return words;
    }

    /// As ACLs name it.
    public String principal() {
        return "User:" + id();
    }
}
