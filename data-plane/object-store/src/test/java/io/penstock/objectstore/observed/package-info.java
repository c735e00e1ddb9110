// SPDX-License-Identifier: Apache-2.0
/// Proves what is counted, what is repeated, and what never is.
@NullMarked
package io.penstock.objectstore.observed;

import org.jspecify.annotations.NullMarked;
