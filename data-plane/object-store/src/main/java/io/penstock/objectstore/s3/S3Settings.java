// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.s3;

import java.time.Duration;

/// @param maxConnections requests under way at the same time; more wait
/// @param connectTimeout how long a connection may take to be made
/// @param idleTimeout how long a connection may be silent in the middle of a request
/// @param requestTimeout when a request is given up whatever happens: the backstop behind the tighter limits of the
///     observed store
public record S3Settings(int maxConnections, Duration connectTimeout, Duration idleTimeout, Duration requestTimeout) {
    public S3Settings {
        if (maxConnections < 1) {
            throw new IllegalArgumentException("at least one connection is needed, not " + maxConnections);
        }
    }

    /// 128 connections: a busy broker has tens of puts in flight and must still read. Two seconds to connect: a server
    /// that is there answers in milliseconds.
    public static S3Settings defaults() {
        return new S3Settings(128, Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofSeconds(60));
    }
}
