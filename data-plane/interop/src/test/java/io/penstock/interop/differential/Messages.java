// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop.differential;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.InvocationTargetException;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.types.Schema;

/// Kafka's messages as JSON, by the converters that Kafka generates from its schemas.
final class Messages {
    private Messages() {}

    static Schema requestSchema(ApiKeys api, short version) {
        return ApiMessageType.fromApiKey(api.id).requestSchemas()[version];
    }

    /// @throws NotAMessage if the protocol has no such request
    static ApiMessage request(ApiKeys api, short version, JsonNode json) throws NotAMessage {
        Class<?> type = ApiMessageType.fromApiKey(api.id).newRequest().getClass();
        return (ApiMessage) call(type, "read", new Class<?>[] {JsonNode.class, short.class}, json, version);
    }

    static JsonNode json(ApiMessage message, short version) throws NotAMessage {
        Class<?> type = message.getClass();
        return (JsonNode) call(type, "write", new Class<?>[] {type, short.class}, message, version);
    }

    private static Object call(Class<?> type, String method, Class<?>[] parameters, Object... arguments)
            throws NotAMessage {
        try {
            return Class.forName(type.getName() + "JsonConverter")
                    .getMethod(method, parameters)
                    .invoke(null, arguments);
        } catch (InvocationTargetException refused) {
            throw new NotAMessage(String.valueOf(refused.getCause()));
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// The protocol cannot say this.
    static final class NotAMessage extends Exception {
        private static final long serialVersionUID = 1;

        NotAMessage(String why) {
            super(why);
        }
    }
}
