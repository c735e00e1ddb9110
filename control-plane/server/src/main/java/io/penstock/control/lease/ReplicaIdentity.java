// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.lease;

import java.time.Instant;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;

/// Who this process is among the replicas, and where it is reached: its ports are known once they are open.
public final class ReplicaIdentity {
    private final String id;
    private final LeaseProperties properties;
    private final String listenAddress;
    private final Instant startedAt;
    private volatile String httpAddress;
    private volatile String brokerAddress;
    private volatile String brokerTlsAddress = "";

    /// @param id unlike that of any other process
    /// @param listenAddress of the HTTP port
    ReplicaIdentity(String id, LeaseProperties properties, String listenAddress, Instant startedAt) {
        this.id = id;
        this.properties = properties;
        this.listenAddress = listenAddress;
        this.startedAt = startedAt;
        this.httpAddress = properties.httpAddress();
        this.brokerAddress = properties.brokerAddress();
    }

    /// The ports for brokers are open.
    ///
    /// @param hostAndPort where the plain one listens
    /// @param withinTls where brokers of other hosts reach the other one; empty: there is none
    public void brokersCallAt(String hostAndPort, String withinTls) {
        brokerTlsAddress = withinTls;
        if (properties.brokerAddress().isEmpty()) {
            brokerAddress = hostAndPort;
        }
    }

    @EventListener
    void on(WebServerInitializedEvent event) {
        boolean management = "management".equals(event.getApplicationContext().getServerNamespace());
        if (!management && properties.httpAddress().isEmpty()) {
            httpAddress = "http://" + listenAddress + ":" + event.getWebServer().getPort();
        }
    }

    Replica replica() {
        return new Replica(id, properties.zone(), httpAddress, brokerAddress, brokerTlsAddress, startedAt, false);
    }
}
