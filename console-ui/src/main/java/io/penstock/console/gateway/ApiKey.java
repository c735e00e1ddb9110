// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.gateway;

import java.util.Optional;
import java.util.regex.Pattern;

/// An API key of the control plane. It is a secret: it prints as its public part only.
public record ApiKey(String secret) {
    private static final Pattern FORM = Pattern.compile("psk_([0-9A-Za-z]+)_[0-9A-Za-z]+");

    public ApiKey {
        if (!FORM.matcher(secret).matches()) {
            throw new IllegalArgumentException("an API key reads psk_<id>_<secret>");
        }
    }

    /// What somebody typed or pasted, if it can be a key at all.
    public static Optional<ApiKey> typed(String text) {
        var stripped = text.strip();
        return FORM.matcher(stripped).matches() ? Optional.of(new ApiKey(stripped)) : Optional.empty();
    }

    /// The part that may be shown: it names the key and opens nothing.
    public String name() {
        return "key_" + secret.substring("psk_".length(), secret.lastIndexOf('_'));
    }

    @Override
    public String toString() {
        return name();
    }
}
