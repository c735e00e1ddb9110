// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where brokers call.
///
/// @param port 0: a free one
@ConfigurationProperties("penstock.grpc")
record GatewaySettings(
        @DefaultValue("127.0.0.1") String host,
        @DefaultValue("9190") int port) {}
