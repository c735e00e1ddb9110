// SPDX-License-Identifier: Apache-2.0
/// Kafka's SASL servers and its authorizer, fed from the cluster image.
@NullMarked
package io.penstock.kafka.security;

import org.jspecify.annotations.NullMarked;
