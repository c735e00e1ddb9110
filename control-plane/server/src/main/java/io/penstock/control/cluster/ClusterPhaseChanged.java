// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import io.penstock.api.Phase;

/// A cluster entered a phase. Published inside the transaction that notes it.
public record ClusterPhaseChanged(String clusterId, String tenantId, Phase phase) {}
