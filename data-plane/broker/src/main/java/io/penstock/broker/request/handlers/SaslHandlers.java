// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.SaslAuthenticateResponse;
import org.apache.kafka.common.requests.SaslHandshakeResponse;

/// SaslHandshake and SaslAuthenticate where they have no place: connections answer them themselves while somebody
/// proves
/// who he is.
public final class SaslHandlers {
    private SaslHandlers() {}

    private record OutOfPlace(ApiKeys api, Supplier<AbstractResponse> answer) implements RequestHandler {
        @Override
        public CompletableFuture<Reply> handle(RequestExchange exchange) {
            return CompletableFuture.completedFuture(Reply.of(answer.get()));
        }
    }

    public static List<RequestHandler> all() {
        return List.of(
                new OutOfPlace(
                        ApiKeys.SASL_HANDSHAKE,
                        () -> new SaslHandshakeResponse(
                                new SaslHandshakeResponseData().setErrorCode(Errors.ILLEGAL_SASL_STATE.code()))),
                new OutOfPlace(
                        ApiKeys.SASL_AUTHENTICATE,
                        () -> new SaslAuthenticateResponse(new SaslAuthenticateResponseData()
                                .setErrorCode(Errors.ILLEGAL_SASL_STATE.code())
                                .setErrorMessage(
                                        "SaslAuthenticate request received after successful authentication"))));
    }
}
