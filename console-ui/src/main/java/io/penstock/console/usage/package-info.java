// SPDX-License-Identifier: Apache-2.0
/// What was used, and what that cost.
@NullMarked
package io.penstock.console.usage;

import org.jspecify.annotations.NullMarked;
