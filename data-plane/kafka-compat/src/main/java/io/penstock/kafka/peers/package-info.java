// SPDX-License-Identifier: Apache-2.0
/// Requests from one broker of a cluster to another, by Kafka's own client.
@NullMarked
package io.penstock.kafka.peers;

import org.jspecify.annotations.NullMarked;
