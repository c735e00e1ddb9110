// SPDX-License-Identifier: Apache-2.0
/// Proves the control plane as a whole: it starts, its modules keep their borders.
@NullMarked
package io.penstock.control;

import org.jspecify.annotations.NullMarked;
