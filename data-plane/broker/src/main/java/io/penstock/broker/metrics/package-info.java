// SPDX-License-Identifier: Apache-2.0
/// Turns what the log of a cluster counts into meters.
@NullMarked
package io.penstock.broker.metrics;

import org.jspecify.annotations.NullMarked;
