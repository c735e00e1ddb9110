// SPDX-License-Identifier: Apache-2.0
/// Virtual time: one thread runs every task of every process of a world, in an order that only the seed decides.
@NullMarked
package io.penstock.simulation.scheduler;

import org.jspecify.annotations.NullMarked;
