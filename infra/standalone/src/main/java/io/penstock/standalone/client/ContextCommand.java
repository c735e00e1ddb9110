// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `./penstock context …`: the control planes that somebody works with.
@Command(
        name = "context",
        description = "Remembers control planes, and which one is meant.",
        mixinStandardHelpOptions = true,
        subcommands = {ContextCommand.Set.class, ContextCommand.Use.class, ContextCommand.ListContexts.class})
public final class ContextCommand {
    private static Contexts contexts() {
        return Contexts.ofUser(System.getenv());
    }

    /// `./penstock context set NAME --endpoint URL`.
    @Command(name = "set", description = "Remembers a control plane, and uses it.", mixinStandardHelpOptions = true)
    static final class Set implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", description = "How to call it.")
        private String name = "";

        @Option(names = "--endpoint", required = true, paramLabel = "URL", description = "Where its API is.")
        private String endpoint = "";

        @Option(
                names = "--api-key-file",
                paramLabel = "FILE",
                description = "Where the API key is; left out: PENSTOCK_API_KEY is stored with the context.")
        private @Nullable Path apiKeyFile;

        @Override
        public Integer call() {
            var key = Optional.ofNullable(System.getenv("PENSTOCK_API_KEY"));
            if (apiKeyFile == null && key.isEmpty()) {
                throw new Refusal(Refusal.USAGE, "set PENSTOCK_API_KEY, or say where it is with --api-key-file");
            }
            contexts()
                    .set(name, endpoint, apiKeyFile == null ? key : Optional.empty(), Optional.ofNullable(apiKeyFile));
            return 0;
        }
    }

    /// `./penstock context use NAME`.
    @Command(name = "use", description = "Uses a control plane from now on.", mixinStandardHelpOptions = true)
    static final class Use implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", description = "Its name.")
        private String name = "";

        @Override
        public Integer call() {
            contexts().use(name);
            return 0;
        }
    }

    /// `./penstock context list`.
    @Command(name = "list", description = "Lists them, the one in use first.", mixinStandardHelpOptions = true)
    static final class ListContexts implements Callable<Integer> {
        @Override
        public Integer call() {
            contexts().known().forEach((name, endpoint) -> System.out.println(name + "  " + endpoint));
            return 0;
        }
    }
}
