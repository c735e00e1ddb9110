// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How brokers of other hosts reach this control plane: within TLS, both sides with certificates.
///
/// @param host where that port listens
/// @param port 0: any free one. Not given: there is no such port
/// @param names under which brokers reach this replica: host names or addresses, in its certificate
/// @param certificateLifetime of brokers' certificates, renewed after two thirds of it
/// @param renewalGrace how long after its end a certificate may still be renewed: a control plane may be away for long
@ConfigurationProperties("penstock.grpc.tls")
record AuthoritySettings(
        @DefaultValue("0.0.0.0") String host,
        @DefaultValue("0") int port,
        @DefaultValue("127.0.0.1") List<String> names,
        @DefaultValue("30d") Duration certificateLifetime,
        @DefaultValue("30d") Duration renewalGrace) {}
