// SPDX-License-Identifier: Apache-2.0
/// Tests of the log, and the runtime they and simulations share.
@NullMarked
package io.penstock.log;

import org.jspecify.annotations.NullMarked;
