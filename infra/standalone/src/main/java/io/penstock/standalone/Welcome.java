// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import io.penstock.standalone.DataFolder.RunState;

/// What a person sees when everything serves.
final class Welcome {
    private Welcome() {}

    static String text(DataFolder folder, RunState state) {
        PenstockApi api = PenstockApi.of(folder, state.httpPorts());
        String key = folder.secret("api-key", () -> "");
        String bootstrap = api.tryGet("/v1/clusters/" + state.clusterId())
                .map(cluster -> cluster.path("status").path("bootstrap_servers").asString(""))
                .orElse("127.0.0.1:" + state.kafkaPort());
        String data = folder.root()
                        .equals(java.nio.file.Path.of(".penstock")
                                .toAbsolutePath()
                                .normalize())
                ? ""
                : " --data " + folder.root();
        return """

                Penstock is up.

                  Console            %s        (sign in with the API key)
                  API                %s/v1
                  API key            %s
                  Bootstrap servers  %s
                  Data               %s

                Try:
                  kcat -b %s -t hello -P <<< 'hello, penstock'
                  kcat -b %s -t hello -C -o beginning -e
                  ./penstock drill broker-kill%s

                Stop with ./penstock down%s (nothing is lost).""".formatted(api.base(), api.base(), key, bootstrap, folder.root(), bootstrap, bootstrap, data, data);
    }
}
