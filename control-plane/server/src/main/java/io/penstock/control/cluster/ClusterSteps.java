// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import io.penstock.control.operation.Workflow;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The operations of clusters and their steps, as callers see them.
@Configuration(proxyBeanMethods = false)
class ClusterSteps {
    static final String WRITE_METALOG = "write_metalog";
    static final String CLAIM_METALOG = "claim_metalog";
    static final String ATTACH_FLEET = "attach_fleet";
    static final String PROVE_OWNERSHIP = "prove_ownership";
    static final String DETACH_FLEET = "detach_fleet";

    static final Workflow CREATE = new Workflow("cluster.create", List.of(WRITE_METALOG, ATTACH_FLEET));
    static final Workflow ADOPT = new Workflow("cluster.adopt", List.of(CLAIM_METALOG, ATTACH_FLEET));
    static final Workflow DELETE = new Workflow("cluster.delete", List.of(PROVE_OWNERSHIP, DETACH_FLEET));
    static final Workflow RESTORE = new Workflow("cluster.restore", CREATE.steps());
    /// Of a cluster that had been adopted.
    static final Workflow RESTORE_ADOPTED = new Workflow("cluster.restore", ADOPT.steps());

    @Bean
    Workflow clusterCreation() {
        return CREATE;
    }

    @Bean
    Workflow clusterAdoption() {
        return ADOPT;
    }

    @Bean
    Workflow clusterDeletion() {
        return DELETE;
    }

    @Bean
    Workflow clusterRestoration() {
        return RESTORE;
    }
}
