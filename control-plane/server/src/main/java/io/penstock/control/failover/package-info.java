// SPDX-License-Identifier: Apache-2.0
/// Decides when a broker is given up, and gives its shards to the living.
@NullMarked
package io.penstock.control.failover;

import org.jspecify.annotations.NullMarked;
