// SPDX-License-Identifier: Apache-2.0
/// What happened, and who did it.
@NullMarked
package io.penstock.console.events;

import org.jspecify.annotations.NullMarked;
