// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

/// Another control plane owns the cluster now, for good. Published inside the transaction that notes it.
public record ClusterDetached(String clusterId, String reason) {}
