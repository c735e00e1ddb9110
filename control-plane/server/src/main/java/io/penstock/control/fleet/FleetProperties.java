// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What whoever runs Penstock may say about fleets; for the reasons see [FleetSettings].
///
/// @param brokerHost where brokers of this machine listen and are reached
/// @param stopBrokersOnShutdown whether brokers leave when this process ends in order; after a crash they always
/// stay
/// @param tlsDomain below which clusters have host names within TLS; brokers are then started with `--tls-certificate`
///     and `--tls-key`. Empty: SASL without TLS, for one machine or a private network
/// @param tlsBasePort of the port within TLS
/// @param tlsPortPerBroker whether a broker's port is that plus its node id: brokers that share a host
@ConfigurationProperties("penstock.fleet")
record FleetProperties(
        @DefaultValue("500ms") Duration heartbeatInterval,
        @DefaultValue("5s") Duration rejoinGrace,
        @DefaultValue("5m") Duration zombiePatience,
        @DefaultValue("15s") Duration wakePatience,
        @DefaultValue("90s") Duration startPatience,
        @DefaultValue("30s") Duration drainPatience,
        @DefaultValue("1500ms") Duration heirsFirst,
        @DefaultValue("127.0.0.1") String brokerHost,
        @DefaultValue("false") boolean stopBrokersOnShutdown,
        @DefaultValue("20s") Duration stopPatience,
        @DefaultValue("") String tlsDomain,
        @DefaultValue("9600") int tlsBasePort,
        @DefaultValue("true") boolean tlsPortPerBroker) {

    TlsNames tls() {
        return new TlsNames(tlsDomain, tlsBasePort, tlsPortPerBroker);
    }

    FleetSettings settings() {
        return new FleetSettings(
                heartbeatInterval,
                rejoinGrace,
                zombiePatience,
                wakePatience,
                startPatience,
                drainPatience,
                heirsFirst,
                brokerHost);
    }
}
