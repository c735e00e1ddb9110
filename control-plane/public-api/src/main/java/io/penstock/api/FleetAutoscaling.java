// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

/// The rule by which a fleet's size follows its load. Up after half a minute, to as many brokers as are needed; down
/// after five minutes, one by one, as long as those that stay would be at most seven tenths busy.
///
/// @param minBrokers never fewer
/// @param maxBrokers never more
/// @param bytesPerSecond that one broker should take of producers
public record FleetAutoscaling(int minBrokers, int maxBrokers, long bytesPerSecond) {}
