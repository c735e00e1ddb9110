// SPDX-License-Identifier: Apache-2.0
/// What clients measure of themselves, shown beside the broker's own metrics.
@NullMarked
package io.penstock.broker.telemetry;

import org.jspecify.annotations.NullMarked;
