// SPDX-License-Identifier: Apache-2.0
/// An object store that keeps its promises and nothing beyond them.
@NullMarked
package io.penstock.simulation.store;

import org.jspecify.annotations.NullMarked;
