// SPDX-License-Identifier: Apache-2.0
/// Measures a store, bounds its waiting, and repeats what may be repeated.
@NullMarked
package io.penstock.objectstore.observed;

import org.jspecify.annotations.NullMarked;
