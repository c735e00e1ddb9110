// SPDX-License-Identifier: Apache-2.0
/// Keeps fleets of brokers at their desired size, and talks with every broker.
@NullMarked
package io.penstock.control.fleet;

import org.jspecify.annotations.NullMarked;
