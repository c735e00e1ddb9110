// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.layout.Incarnation;
import java.util.Optional;

/// A broker that clients of the cluster can reach.
public record Endpoint(
        int nodeId, String host, int port, Optional<String> zone, Incarnation incarnation, long brokerEpoch) {}
