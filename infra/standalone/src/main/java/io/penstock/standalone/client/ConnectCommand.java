// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `./penstock connect CLUSTER --client kcat`.
@Command(
        name = "connect",
        description = "Prints what a client needs to connect, ready to copy.",
        mixinStandardHelpOptions = true)
public final class ConnectCommand implements Callable<Integer> {
    @Mixin
    private Remote remote = new Remote();

    @Parameters(paramLabel = "CLUSTER", description = "Name or id.")
    private String cluster = "";

    @Option(
            names = "--client",
            paramLabel = "CLIENT",
            defaultValue = "kcat",
            description = "java, python, go, node, kcat, rpk, spring or terraform (default: ${DEFAULT-VALUE}).")
    private String client = "kcat";

    @Option(
            names = "--account",
            paramLabel = "ACCOUNT",
            description = "Issues a credential for this service account of the cluster's tenant (made if it is not"
                    + " there), and prints it in its place. The secret is shown this once.")
    private @Nullable String account;

    @Override
    public Integer call() {
        var directory = remote.directory();
        var api = directory.api();
        var found = directory.one(Kind.named("clusters"), Directory.Place.ORGANIZATION, cluster);
        var id = found.path("id").asString();
        var snippet = api.get("/v1/clusters/" + id + "/connection?client=" + ControlPlane.escape(client))
                .path("snippet")
                .asString("");
        if (account != null) {
            var request = ControlPlane.object();
            request.putObject("spec")
                    .put(
                            "service_account_id",
                            account(
                                    api,
                                    found.path("metadata").path("tenant_id").asString(""),
                                    account));
            var status = api.post("/v1/clusters/" + id + "/credentials", request)
                    .body()
                    .path("status");
            snippet = snippet.replace("USERNAME", status.path("username").asString())
                    .replace("SECRET", status.path("secret").asString());
        }
        System.out.println(snippet.stripTrailing());
        return 0;
    }

    private static String account(ControlPlane api, String tenant, String name) {
        return api.list("/v1/service-accounts?tenant_id=" + ControlPlane.escape(tenant)).stream()
                .filter(one -> one.path("metadata").path("name").asString("").equals(name)
                        || one.path("id").asString("").equals(name))
                .findFirst()
                .orElseGet(() -> {
                    var request = ControlPlane.object();
                    request.putObject("metadata").put("name", name).put("tenant_id", tenant);
                    return api.post("/v1/service-accounts", request).body();
                })
                .path("id")
                .asString();
    }
}
