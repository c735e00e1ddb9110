// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CurlTextTest {
    @Test
    void aCallReadsAsACommandThatHoldsNoKey() {
        assertThat(CurlText.of(ApiCall.post("/v1/clusters", Map.of("metadata", Map.of("name", "it's")))))
                .isEqualTo("""
                curl -X POST "$PENSTOCK_ENDPOINT/v1/clusters" \\
                  -H "Authorization: Bearer $PENSTOCK_API_KEY" \\
                  -H "Content-Type: application/json" \\
                  -d '{
                  "metadata" : {
                    "name" : "it'\\''s"
                  }
                }'""");
    }

    @Test
    void aPatchSaysThatItIsOneAndADeletionSendsNothing() {
        assertThat(CurlText.of(ApiCall.patch("/v1/x", Map.of("a", 1)))).contains("application/merge-patch+json");
        assertThat(CurlText.of(ApiCall.delete("/v1/x")))
                .doesNotContain("Content-Type")
                .doesNotContain("-d");
    }
}
