// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.gateway;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// A call as a command for a shell. It reads address and key from variables, so that nobody pastes a key by accident.
public final class CurlText {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private CurlText() {}

    public static String of(ApiCall call) {
        var text = new StringBuilder("curl -X ")
                .append(call.method())
                .append(" \"$PENSTOCK_ENDPOINT")
                .append(call.path())
                .append("\" \\\n  -H \"Authorization: Bearer $PENSTOCK_API_KEY\"");
        if (!call.body().isEmpty()) {
            var type = call.method() == ApiCall.Method.PATCH ? "application/merge-patch+json" : "application/json";
            text.append(" \\\n  -H \"Content-Type: ").append(type).append("\" \\\n  -d '");
            // In a shell's single quotes everything stands for itself but the quote.
            text.append(JSON.writeValueAsString(call.body()).replace("'", "'\\''"))
                    .append("'");
        }
        return text.toString();
    }
}
