// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker;

import io.penstock.broker.control.BrokerIdentity;
import io.penstock.broker.control.ControlSession;
import io.penstock.broker.network.NetworkSettings;
import io.penstock.broker.network.TlsFiles;
import io.penstock.metadata.FollowerSettings;
import java.time.Duration;
import java.util.Optional;

/// A broker process's choices.
///
/// @param controlPlane `host:port` of the control plane's replicas, comma-separated
/// @param joining how a broker of another host calls; empty: in plain text, with the place that it was given
/// @param drainPatience how long a stop waits for the hand-off of every shard before it stops anyway: nothing
/// acknowledged is lost by that
/// @param tls the certificate for clusters that are served within TLS; empty: there are none
public record BrokerSettings(
        String controlPlane,
        BrokerIdentity identity,
        Optional<ControlSession.Joining> joining,
        NetworkSettings network,
        FollowerSettings following,
        Duration drainPatience,
        Optional<TlsFiles> tls) {

    public static BrokerSettings of(
            String controlPlane,
            BrokerIdentity identity,
            Optional<ControlSession.Joining> joining,
            Optional<TlsFiles> tls) {
        return new BrokerSettings(
                controlPlane,
                identity,
                joining,
                NetworkSettings.defaults(),
                FollowerSettings.defaults(),
                Duration.ofSeconds(20),
                tls);
    }
}
