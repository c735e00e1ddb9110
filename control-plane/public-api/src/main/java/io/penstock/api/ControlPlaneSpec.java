// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

/// Where a replica of the control plane was put. Replicas come and go with their processes.
///
/// @param zone may be empty
public record ControlPlaneSpec(String zone) {}
