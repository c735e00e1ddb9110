// SPDX-License-Identifier: Apache-2.0
/// Knows who calls and what they may do.
@NullMarked
package io.penstock.control.access;

import org.jspecify.annotations.NullMarked;
