// SPDX-License-Identifier: Apache-2.0
/// Kafka's own group coordinator over a log of ours: the partitions of `__consumer_offsets` that this broker leads.
@NullMarked
package io.penstock.kafka.groups;

import org.jspecify.annotations.NullMarked;
