// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;

/// Who leads a shard, and so every partition in it.
public record Leader(int nodeId, String host, int port, LeaderEpoch epoch, Incarnation incarnation) {}
