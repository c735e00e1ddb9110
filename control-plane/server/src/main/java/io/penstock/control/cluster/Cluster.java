// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import io.penstock.api.Phase;
import io.penstock.control.resource.Description;
import io.penstock.control.resource.ManagedResource;
import io.penstock.control.resource.NewResource;
import io.penstock.metadata.ClusterSettings;
import io.penstock.metadata.ClusterSettings.LatencyProfile;
import io.penstock.objectstore.layout.ClusterPrefix;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One tenant's Kafka cluster. Where it lives, who serves it and how many shards it has never change.
@Entity
@Table(name = "clusters")
public class Cluster extends ManagedResource {
    @Column(name = "tenant_id")
    private String tenantId;

    @Column(name = "bucket_id")
    private String bucketId;

    @Column(name = "fleet_id")
    private String fleetId;

    private String prefix;

    private boolean adopted;

    @Enumerated(EnumType.STRING)
    private ClientAuthentication authentication;

    private int shards;

    @Enumerated(EnumType.STRING)
    @Column(name = "latency_profile")
    private LatencyProfile latencyProfile;

    @Column(name = "auto_create_topics")
    private boolean autoCreateTopics;

    @Column(name = "default_partitions")
    private int defaultPartitions;

    @Column(name = "default_replication_factor")
    private int defaultReplicationFactor;

    @Column(name = "offsets_topic_partitions")
    private int offsetsTopicPartitions;

    @Enumerated(EnumType.STRING)
    private Phase phase;

    private @Nullable String failure;

    @Column(name = "phase_since")
    private Instant phaseSince;

    @Column(name = "operation_id")
    private @Nullable String operationId;

    @Column(name = "port_index")
    private @Nullable Integer portIndex;

    @SuppressWarnings("NullAway.Init")
    protected Cluster() {}

    Cluster(String id, NewResource facts, Home home, ClusterSettings settings, int portIndex) {
        super(id, facts);
        this.tenantId = home.tenantId();
        this.bucketId = home.bucketId();
        this.fleetId = home.fleetId();
        this.prefix = home.prefix().value();
        this.adopted = home.adopted();
        this.authentication = home.authentication();
        this.shards = settings.shards();
        this.latencyProfile = settings.latencyProfile();
        this.autoCreateTopics = settings.autoCreateTopics();
        this.defaultPartitions = settings.defaultPartitions();
        this.defaultReplicationFactor = settings.defaultReplicationFactor();
        this.offsetsTopicPartitions = settings.offsetsTopicPartitions();
        this.phase = Phase.PENDING;
        this.phaseSince = facts.at();
        this.portIndex = portIndex;
    }

    /// Whose it is, where it lives, and who serves it.
    ///
    /// @param adopted whether the prefix held it before this control plane knew of it
    /// @param authentication what its clients are asked for
    record Home(
            String tenantId,
            String bucketId,
            String fleetId,
            ClusterPrefix prefix,
            boolean adopted,
            ClientAuthentication authentication) {}

    void follows(String newOperationId) {
        operationId = newOperationId;
    }

    void provisioningStarted(Instant at) {
        switch (phase) {
            case PENDING -> enter(Phase.PROVISIONING, at);
            case PROVISIONING -> {} // taken up again after a restart
            case READY, UPDATING, DEGRADED, SUSPENDED, DELETING, DELETED, FAILED ->
                throw new IllegalPhaseChange(id(), phase, Phase.PROVISIONING);
        }
    }

    void provisioned(Instant at) {
        switch (phase) {
            case PROVISIONING, DEGRADED -> enter(Phase.READY, at);
            case READY -> {} // a repeated report
            case PENDING, UPDATING, SUSPENDED, DELETING, DELETED, FAILED ->
                throw new IllegalPhaseChange(id(), phase, Phase.READY);
        }
    }

    void failed(String why, Instant at) {
        switch (phase) {
            case PENDING, PROVISIONING, READY, UPDATING, DEGRADED, SUSPENDED -> {
                enter(Phase.FAILED, at);
                failure = why;
            }
            case FAILED -> {}
            case DELETING, DELETED -> throw new IllegalPhaseChange(id(), phase, Phase.FAILED);
        }
    }

    void deletionStarted(Instant at) {
        switch (phase) {
            case PENDING, PROVISIONING, READY, UPDATING, DEGRADED, SUSPENDED, FAILED -> enter(Phase.DELETING, at);
            case DELETING -> {}
            case DELETED -> throw new IllegalPhaseChange(id(), phase, Phase.DELETING);
        }
    }

    void restored(int newPortIndex, Instant at) {
        if (phase != Phase.DELETED) {
            throw new IllegalPhaseChange(id(), phase, Phase.PENDING);
        }
        enter(Phase.PENDING, at);
        portIndex = newPortIndex;
    }

    void deleted(Instant at) {
        switch (phase) {
            case DELETING -> {
                enter(Phase.DELETED, at);
                portIndex = null;
            }
            case DELETED -> {}
            case PENDING, PROVISIONING, READY, UPDATING, DEGRADED, SUSPENDED, FAILED ->
                throw new IllegalPhaseChange(id(), phase, Phase.DELETED);
        }
    }

    private void enter(Phase next, Instant at) {
        phase = next;
        phaseSince = at;
        failure = null;
        changed(at);
    }

    void redescribed(Description description, ClusterSettings settings, Instant at) {
        described(description.name(), description.labels(), description.deletionProtection(), at);
        latencyProfile = settings.latencyProfile();
        autoCreateTopics = settings.autoCreateTopics();
        defaultPartitions = settings.defaultPartitions();
        defaultReplicationFactor = settings.defaultReplicationFactor();
    }

    /// As they stand in the metalog.
    public ClusterSettings settings() {
        return new ClusterSettings(
                name(),
                shards,
                latencyProfile,
                autoCreateTopics,
                defaultPartitions,
                defaultReplicationFactor,
                offsetsTopicPartitions);
    }

    public String tenantId() {
        return tenantId;
    }

    public String bucketId() {
        return bucketId;
    }

    public String fleetId() {
        return fleetId;
    }

    /// The part of its bucket that it owns.
    public ClusterPrefix prefix() {
        return new ClusterPrefix(prefix);
    }

    /// Whether it was attached from its prefix, and not made here.
    public boolean adopted() {
        return adopted;
    }

    public ClientAuthentication authentication() {
        return authentication;
    }

    public Phase phase() {
        return phase;
    }

    public Instant phaseSince() {
        return phaseSince;
    }

    /// Why it is FAILED or DEGRADED.
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    public Optional<String> operationId() {
        return Optional.ofNullable(operationId);
    }

    /// Which block of ports it has; none after its deletion.
    Optional<Integer> portIndex() {
        return Optional.ofNullable(portIndex);
    }
}
