// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

/// Which control plane is meant, and as whom.
///
/// @param endpoint as `https://penstock.example.com`, without a slash at its end
record Context(String endpoint, String apiKey) {
    Context {
        endpoint = endpoint.replaceFirst("/+$", "").replaceFirst("/v1$", "");
    }

    @Override
    public String toString() {
        return "Context[" + endpoint + "]";
    }
}
