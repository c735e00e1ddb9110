// SPDX-License-Identifier: Apache-2.0
/// Decides which broker leads which shard of a cluster, and carries it out.
@NullMarked
package io.penstock.control.placement;

import org.jspecify.annotations.NullMarked;
