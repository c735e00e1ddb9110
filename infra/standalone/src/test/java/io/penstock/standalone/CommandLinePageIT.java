// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// `docs/operating/command-line.md`, command by command, and what the command line refuses.
class CommandLinePageIT {
    private static final Path PAGE = Path.of("..", "..", "docs", "operating", "command-line.md");

    @TempDir
    Path folder = Path.of("");

    @Test
    void thePagesCommandsDoWhatItSays() throws Exception {
        var page = new PageWithCommands(PAGE, folder);
        assertThat(page.names()).containsExactly("context", "cluster", "connect", "look", "apply", "remove");
        try (var penstock = new RunningPenstock(folder.resolve("data")).up("--brokers", "1")) {
            PenstockApi api = penstock.api();
            Map<String, String> environment = Map.of(
                    "API",
                    api.base(),
                    "KEY_FILE",
                    penstock.folder().secret("api-key").toString(),
                    "PENSTOCK_CONFIG",
                    folder.resolve("contexts.json").toString());

            assertThat(page.run("context", environment).strip()).isEqualTo("here  " + api.base());
            assertThat(Files.getPosixFilePermissions(folder.resolve("contexts.json")))
                    .hasSize(2);

            assertThat(page.run("cluster", environment).lines().map(String::strip))
                    .anyMatch(line -> line.matches("kc_\\w+ +orders +READY .*127\\.0\\.0\\.1:\\d+"))
                    .anyMatch(line -> line.matches("\\S+ +payments +READY +3"))
                    .anyMatch(line -> line.matches("\\S+ +payments +READY +6"));
            var orders =
                    api.named("/v1/clusters", "orders").orElseThrow().path("id").asString();
            assertThat(api.get("/v1/clusters/" + orders + "/topics/payments").at("/spec/configs"))
                    .isEqualTo(JsonMapper.builder().build().readTree("{\"max.message.bytes\":\"4096\"}"));

            assertThat(page.run("connect", environment))
                    .containsPattern("sasl.username\": \"key_\\w{26}\"")
                    .containsPattern("sasl.password\": \"\\w{43}\"");
            assertThat(api.named("/v1/service-accounts", "billing")).isPresent();

            assertThat(page.run("look", environment))
                    .contains("max.message.bytes: '4096'", "\"phase\" : \"SERVING\"", "cluster.create SUCCEEDED");

            assertThat(page.run("apply", environment).lines())
                    .containsExactly(
                            "tenant shipping made",
                            "cluster parcels made",
                            "topic scans made",
                            "acl made",
                            "tenant shipping unchanged",
                            "cluster parcels unchanged",
                            "topic scans would be changed",
                            "  /spec/partitions: 2 -> 4",
                            "acl would be made",
                            "tenant shipping unchanged",
                            "cluster parcels unchanged",
                            "topic scans changed",
                            "  /spec/partitions: 2 -> 4",
                            "acl unchanged",
                            "tenant shipping unchanged",
                            "cluster parcels unchanged",
                            "topic scans unchanged",
                            "acl unchanged");

            assertThat(page.run("remove", environment).lines())
                    .containsExactly(
                            "topic payments deleted",
                            "cluster orders deleted",
                            "cluster parcels deleted",
                            "tenant shipping deleted");

            refuses(penstock, 1, "there is no cluster 'orders'", "get", "cluster", "orders");
            refuses(penstock, 1, "/metadata/name", "cluster", "create", "Not A Name", "--tenant", "demo");
            refuses(penstock, 64, "topics belong to a cluster", "get", "topics");
            refuses(penstock, 78, "there is no context 'there'", "get", "topics", "--context", "there");
        }
    }

    private static void refuses(RunningPenstock penstock, int exitCode, String why, String... command)
            throws Exception {
        var answer = penstock.run(command);
        assertThat(answer.output()).as(List.of(command).toString()).contains(why);
        assertThat(answer.exitCode()).isEqualTo(exitCode);
    }
}
