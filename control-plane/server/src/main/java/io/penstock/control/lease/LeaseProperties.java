// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.lease;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How replicas of the control plane share the work.
///
/// @param zone where this one runs
/// @param httpAddress where other replicas reach its API, as `http://host:port`; empty: where it listens
/// @param brokerAddress where brokers reach it, as `host:port`; empty: where it listens
/// @param beat how often a replica says that it lives, and looks at the others
/// @param lifetime after how long without a beat the active one is taken for dead
/// @param disconnectedFor the same, once it has no connection to the database any more: so it is after a crash
/// @param forgetAfter when a replica without a beat is forgotten
@ConfigurationProperties("penstock.replica")
record LeaseProperties(
        @DefaultValue("") String zone,
        @DefaultValue("") String httpAddress,
        @DefaultValue("") String brokerAddress,
        @DefaultValue("300ms") Duration beat,
        @DefaultValue("5s") Duration lifetime,
        @DefaultValue("700ms") Duration disconnectedFor,
        @DefaultValue("30s") Duration forgetAfter) {}
