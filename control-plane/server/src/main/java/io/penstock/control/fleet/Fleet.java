// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.control.resource.Description;
import io.penstock.control.resource.ManagedResource;
import io.penstock.control.resource.NewResource;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;

/// A pool of brokers that is kept at its desired size.
@Entity
@Table(name = "fleets")
public class Fleet extends ManagedResource {
    @Column(name = "desired_brokers")
    private int desiredBrokers;

    @SuppressWarnings("NullAway.Init")
    protected Fleet() {}

    Fleet(String id, NewResource facts, int desiredBrokers) {
        super(id, facts);
        this.desiredBrokers = desiredBrokers;
    }

    void changed(Description description, int desired, Instant at) {
        described(description.name(), description.labels(), description.deletionProtection(), at);
        this.desiredBrokers = desired;
    }

    public int desiredBrokers() {
        return desiredBrokers;
    }
}
