// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import java.time.Duration;

/// The numbers of the network side, with their reasons in [#defaults].
///
/// @param eventLoops threads that move bytes
/// @param maxFrameBytes largest request; a larger one closes its connection (Kafka's
/// `socket.request.max.bytes`)
/// @param maxConnections of the whole process
/// @param maxConnectionsPerCluster of one cluster
/// @param maxInFlightPerConnection requests of one connection that may be at work; beyond it the connection is
/// not read
/// @param maxInFlightBytesPerConnection likewise, their sizes; one request is always let through
/// @param maxInFlightBytes likewise, of the whole process
/// @param idleAfter a connection without traffic and without a request at work is closed (Kafka's
/// `connections.max.idle.ms`)
/// @param maxUnsentBytesPerConnection responses handed to the socket and not taken by it; beyond it the
/// connection is not read
public record NetworkSettings(
        int eventLoops,
        int maxFrameBytes,
        int maxConnections,
        int maxConnectionsPerCluster,
        int maxInFlightPerConnection,
        long maxInFlightBytesPerConnection,
        long maxInFlightBytes,
        Duration idleAfter,
        int maxUnsentBytesPerConnection) {

    public NetworkSettings {
        if (eventLoops < 1 || maxFrameBytes < 1 || maxConnections < 1 || maxInFlightPerConnection < 1) {
            throw new IllegalArgumentException("network settings are 1 or more");
        }
    }

    public static NetworkSettings defaults() {
        return new NetworkSettings(
                Math.max(2, Runtime.getRuntime().availableProcessors() / 2), // they only copy; workers compute
                100 << 20, // as in Kafka
                20_000,
                10_000,
                16, // an idempotent producer has 5 under way
                64L << 20, // one large producer fills its pipeline, not the process
                512L << 20,
                Duration.ofMinutes(10), // as in Kafka
                1 << 20);
    }
}
