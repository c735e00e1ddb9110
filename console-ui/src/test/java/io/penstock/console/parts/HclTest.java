// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HclTest {
    @Test
    void aResourceIsWrittenAsTerraformFormatsIt() {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("cluster_id", new Hcl.Reference("penstock_cluster.orders.id"));
        attributes.put("name", "events");
        attributes.put("partitions", 6);
        attributes.put("config", Map.of("retention.ms", "-1"));
        attributes.put("tags", List.of("a", true));

        assertThat(Hcl.resource("penstock_topic", "events.v1", attributes)).isEqualTo("""
                resource "penstock_topic" "events_v1" {
                  cluster_id = penstock_cluster.orders.id
                  name       = "events"
                  partitions = 6
                  config     = {
                    "retention.ms" = "-1"
                  }
                  tags       = ["a", true]
                }""");
    }

    @Test
    void whatSomebodyTypedIsTextAndNothingElse() {
        assertThat(Hcl.resource("t", "1 \"x", Map.of("name", "a\"${b}%{c}\\\n")))
                .isEqualTo("resource \"t\" \"_1__x\" {\n  name = \"a\\\"$${b}%%{c}\\\\\\n\"\n}");
    }
}
