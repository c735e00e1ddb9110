// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.testing;

import io.penstock.broker.request.RequestExchange;
import io.penstock.kafka.protocol.ConnectionFacts;
import io.penstock.kafka.protocol.ParsedFrame;
import io.penstock.kafka.protocol.WireFormat;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/// Requests as a handler gets them, through the bytes of their version.
public final class Exchanges {
    private static final ConnectionFacts SOMEBODY = new ConnectionFacts(
            "c1", InetAddress.getLoopbackAddress(), 1234, KafkaPrincipal.ANONYMOUS, SecurityProtocol.PLAINTEXT, "", "");

    private Exchanges() {}

    public static RequestExchange of(ApiKeys api, int version, ApiMessage body) {
        return of(api, version, body, SOMEBODY);
    }

    /// As sent by that principal.
    public static RequestExchange of(ApiKeys api, int version, ApiMessage body, KafkaPrincipal who) {
        return of(
                api,
                version,
                body,
                new ConnectionFacts(
                        "c2", InetAddress.getLoopbackAddress(), 1234, who, SecurityProtocol.PLAINTEXT, "", ""));
    }

    private static RequestExchange of(ApiKeys api, int version, ApiMessage body, ConnectionFacts facts) {
        short apiVersion = (short) version;
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(apiVersion)
                .setClientId("me")
                .setCorrelationId(5);
        ByteBuffer frame = RequestUtils.serialize(header, api.requestHeaderVersion(apiVersion), body, apiVersion);
        int size = frame.remaining();
        return switch (WireFormat.parse(frame, facts, ApiKeys.clientApis())) {
            case ParsedFrame.Malformed malformed -> throw new IllegalArgumentException(malformed.reason());
            case ParsedFrame.Request request ->
                new RequestExchange(request.context(), request.body(), size, 0, () -> false, () -> {});
        };
    }
}
