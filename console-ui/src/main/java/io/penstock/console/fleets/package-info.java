// SPDX-License-Identifier: Apache-2.0
/// Fleets and their brokers, for those who run them.
@NullMarked
package io.penstock.console.fleets;

import org.jspecify.annotations.NullMarked;
