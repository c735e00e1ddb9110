// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.objectstore.layout.Incarnation;

/// One generation of a predecessor's WAL, known to be closed for the shard.
///
/// @param end one beyond the last slot that may hold anything of the shard's closed epochs
record ClosedTail(Incarnation incarnation, int generation, long end) {}
