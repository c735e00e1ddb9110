// SPDX-License-Identifier: Apache-2.0
/// Kafka's connections: frames in, responses out in order, limits and back-pressure.
@NullMarked
package io.penstock.broker.network;

import org.jspecify.annotations.NullMarked;
