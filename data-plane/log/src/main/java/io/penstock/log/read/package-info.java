// SPDX-License-Identifier: Apache-2.0
/// Finds batches and brings their bytes: from recent slots in memory, from cached blocks, or by range GETs.
@NullMarked
package io.penstock.log.read;

import org.jspecify.annotations.NullMarked;
