// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.protocol;

import java.net.InetAddress;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/// What is known of a connection when a request arrives on it.
///
/// @param softwareName as the client told in ApiVersions, empty before that
/// @param softwareVersion likewise
public record ConnectionFacts(
        String connectionId,
        InetAddress clientAddress,
        int clientPort,
        KafkaPrincipal principal,
        SecurityProtocol securityProtocol,
        String softwareName,
        String softwareVersion) {

    /// After the client has proven through SASL who it is.
    public ConnectionFacts authenticated(KafkaPrincipal proven) {
        SecurityProtocol protocol =
                securityProtocol == SecurityProtocol.PLAINTEXT || securityProtocol == SecurityProtocol.SASL_PLAINTEXT
                        ? SecurityProtocol.SASL_PLAINTEXT
                        : SecurityProtocol.SASL_SSL;
        return new ConnectionFacts(
                connectionId, clientAddress, clientPort, proven, protocol, softwareName, softwareVersion);
    }

    public ConnectionFacts withSoftware(String name, String version) {
        return new ConnectionFacts(connectionId, clientAddress, clientPort, principal, securityProtocol, name, version);
    }
}
