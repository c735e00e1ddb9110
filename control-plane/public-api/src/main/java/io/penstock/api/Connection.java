// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

/// How a client connects to a cluster. Holds no secret.
///
/// @param client for which the snippet is
/// @param snippet to copy: a program, a command, or a configuration
public record Connection(
        String apiVersion,
        String kind,
        String clusterId,
        String client,
        String bootstrapServers,
        String securityProtocol,
        String snippet) {}
