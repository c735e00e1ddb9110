// SPDX-License-Identifier: Apache-2.0
/// Adds up what clusters use, and says what it cost.
@NullMarked
package io.penstock.control.usage;

import org.jspecify.annotations.NullMarked;
