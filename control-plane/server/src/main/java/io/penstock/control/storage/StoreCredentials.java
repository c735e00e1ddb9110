// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.storage;

import java.util.Optional;

/// Keys to an object store.
public record StoreCredentials(String accessKeyId, String secretAccessKey, Optional<String> sessionToken) {
    @Override
    public String toString() {
        return "StoreCredentials[" + accessKeyId + "]";
    }
}
