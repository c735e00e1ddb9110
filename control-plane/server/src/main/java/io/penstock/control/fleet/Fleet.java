// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.control.resource.Description;
import io.penstock.control.resource.ManagedResource;
import io.penstock.control.resource.NewResource;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/// A pool of brokers that is kept at its desired size.
@Entity
@Table(name = "fleets")
public class Fleet extends ManagedResource {
    @Column(name = "desired_brokers")
    private int desiredBrokers;

    @JdbcTypeCode(SqlTypes.JSON)
    private List<String> zones;

    @Enumerated(EnumType.STRING)
    private Provisioning provisioning;

    @SuppressWarnings("NullAway.Init")
    protected Fleet() {}

    Fleet(String id, NewResource facts, FleetWish wish) {
        super(id, facts);
        this.desiredBrokers = wish.brokers();
        this.zones = wish.zones();
        this.provisioning = wish.provisioning();
    }

    void changed(Description description, int desired, List<String> over, Instant at) {
        described(description.name(), description.labels(), description.deletionProtection(), at);
        this.desiredBrokers = desired;
        this.zones = List.copyOf(over);
    }

    public int desiredBrokers() {
        return desiredBrokers;
    }

    public Provisioning provisioning() {
        return provisioning;
    }

    /// Over which its brokers are spread; empty: nobody said.
    public List<String> zones() {
        return List.copyOf(zones);
    }
}
