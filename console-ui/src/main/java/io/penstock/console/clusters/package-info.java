// SPDX-License-Identifier: Apache-2.0
/// Shows clusters and brokers as they are this second, and failovers while they happen.
@NullMarked
package io.penstock.console.clusters;

import org.jspecify.annotations.NullMarked;
