// SPDX-License-Identifier: Apache-2.0
/// Knows what is true in the bucket, and holds everything that brokers tell their clients against it.
@NullMarked
package io.penstock.simulation.judge;

import org.jspecify.annotations.NullMarked;
