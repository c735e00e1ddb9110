// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

/// How a replica of the control plane is.
///
/// @param phase ACTIVE for the one that acts, STANDBY for those that would take over and pass requests on to it
/// @param apiUrl where other replicas reach its API
/// @param brokerAddress where brokers reach it
public record ControlPlaneStatus(String phase, String apiUrl, String brokerAddress) {}
