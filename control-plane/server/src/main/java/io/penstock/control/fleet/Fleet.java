// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.api.FleetAutoscaling;
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
import java.util.Optional;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

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

    @JdbcTypeCode(SqlTypes.JSON)
    private @Nullable FleetAutoscaling autoscaling;

    @SuppressWarnings("NullAway.Init")
    protected Fleet() {}

    Fleet(String id, NewResource facts, FleetWish wish) {
        super(id, facts);
        this.desiredBrokers = wish.brokers();
        this.zones = wish.zones();
        this.provisioning = wish.provisioning();
    }

    void changed(Description description, int desired, List<String> over, Optional<FleetAutoscaling> rule, Instant at) {
        described(description.name(), description.labels(), description.deletionProtection(), at);
        this.desiredBrokers = desired;
        this.zones = List.copyOf(over);
        this.autoscaling = rule.orElse(null);
    }

    public int desiredBrokers() {
        return desiredBrokers;
    }

    /// The rule by which the desired size follows the load.
    public Optional<FleetAutoscaling> autoscaling() {
        return Optional.ofNullable(autoscaling);
    }

    Fleet following(Optional<FleetAutoscaling> rule) {
        autoscaling = rule.orElse(null);
        return this;
    }

    public Provisioning provisioning() {
        return provisioning;
    }

    /// Over which its brokers are spread; empty: nobody said.
    public List<String> zones() {
        return List.copyOf(zones);
    }
}
