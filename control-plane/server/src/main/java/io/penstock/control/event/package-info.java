// SPDX-License-Identifier: Apache-2.0
/// Remembers what happened, and tells it to who follows.
@NullMarked
package io.penstock.control.event;

import org.jspecify.annotations.NullMarked;
