// SPDX-License-Identifier: Apache-2.0
/// The words of Penstock's REST API: what is sent, what comes back, and every problem that can be told.
@NullMarked
package io.penstock.api;

import org.jspecify.annotations.NullMarked;
