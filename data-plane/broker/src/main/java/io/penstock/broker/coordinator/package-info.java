// SPDX-License-Identifier: Apache-2.0
/// Consumer groups of a cluster: Kafka's coordinator, fed with the shards this broker leads, and one handler per API.
@NullMarked
package io.penstock.broker.coordinator;

import org.jspecify.annotations.NullMarked;
