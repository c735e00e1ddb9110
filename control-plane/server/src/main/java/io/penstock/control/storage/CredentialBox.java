// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.storage;

import io.penstock.api.ProblemCode;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.secrets.SecretBox;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Keeps the keys to a bucket readable for this control plane only.
@Component
final class CredentialBox {
    private final SecretBox secrets;
    private final JsonMapper json;

    CredentialBox(SecretBox secrets, JsonMapper json) {
        this.secrets = secrets;
        this.json = json;
    }

    byte[] sealed(String bucketId, StoreCredentials credentials) {
        return secrets.sealed(
                label(bucketId), json.writeValueAsString(credentials).getBytes(StandardCharsets.UTF_8));
    }

    Optional<StoreCredentials> of(Bucket bucket) {
        return bucket.sealedCredentials()
                .map(box -> secrets.opened(label(bucket.id()), box)
                        .map(bytes -> json.readValue(bytes, StoreCredentials.class))
                        .orElseThrow(() -> ProblemException.of(
                                ProblemCode.UNAVAILABLE,
                                "The credentials of bucket " + bucket.id()
                                        + " cannot be read: this control plane runs with another key than the one they"
                                        + " were kept with (penstock.secrets-key-file).")));
    }

    private static String label(String bucketId) {
        return "bucket-credentials " + bucketId;
    }
}
