// SPDX-License-Identifier: Apache-2.0
/// Keeps objects in the memory of this process, for tests and simulations.
@NullMarked
package io.penstock.objectstore.memory;

import org.jspecify.annotations.NullMarked;
