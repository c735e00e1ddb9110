// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.tenant;

import io.penstock.control.resource.Description;
import io.penstock.control.resource.ManagedResource;
import io.penstock.control.resource.NewResource;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;

/// A customer.
@Entity
@Table(name = "tenants")
public class Tenant extends ManagedResource {
    @Column(name = "description")
    private String words;

    @SuppressWarnings("NullAway.Init")
    protected Tenant() {}

    Tenant(String id, NewResource facts, String words) {
        super(id, facts);
        this.words = words;
    }

    void redescribed(Description description, String newWords, Instant at) {
        described(description.name(), description.labels(), description.deletionProtection(), at);
        this.words = newWords;
    }

    /// Free words for people.
    public String words() {
        return words;
    }
}
