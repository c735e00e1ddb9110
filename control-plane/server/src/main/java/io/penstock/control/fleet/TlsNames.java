// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import java.util.Locale;

/// How clusters are called within TLS: every cluster has host names of its own below one domain, and all of them are
/// served on one port of a broker. A certificate for `*.<domain>` covers all.
///
/// @param domain such as `kafka.example.com`; empty: nothing is served within TLS
/// @param basePort a broker's port is this plus its node id, or this alone where brokers have hosts of their own
/// @param portPerBroker whether brokers share a host
public record TlsNames(String domain, int basePort, boolean portPerBroker) {
    /// Nothing is served within TLS.
    public static final TlsNames NONE = new TlsNames("", 0, false);

    boolean areGiven() {
        return !domain.isEmpty();
    }

    int port(int nodeId) {
        return portPerBroker ? basePort + nodeId : basePort;
    }

    /// Where clients find one broker of a cluster.
    String host(String clusterId, int nodeId) {
        return "b" + nodeId + "-" + clusterId.toLowerCase(Locale.ROOT).replace('_', '-') + "." + domain;
    }
}
