// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The broker as a process. It needs no writable path but its log file.
@Command(
        name = "penstock-broker",
        description = "A stateless Kafka broker: everything durable is in the object store.",
        mixinStandardHelpOptions = true)
public final class BrokerMain implements Callable<Integer> {
    @Option(
            names = "--control-plane",
            required = true,
            paramLabel = "HOST:PORT",
            description = "The control plane's broker endpoint.")
    private String controlPlane = "";

    @Option(names = "--fleet", required = true, paramLabel = "ID", description = "The fleet to join.")
    private String fleet = "";

    @Option(
            names = "--join-token-file",
            required = true,
            paramLabel = "FILE",
            description = "Holds this broker's secret.")
    private Path joinTokenFile = Path.of("");

    @Option(names = "--log-file", paramLabel = "FILE", description = "Default: standard output.")
    private @Nullable Path logFile;

    @Option(names = "--zone", paramLabel = "NAME", defaultValue = "", description = "Where this broker runs.")
    private String zone = "";

    @Option(
            names = "--metrics-port",
            paramLabel = "N",
            defaultValue = "0",
            description = "Loopback port of /metrics (default: any).")
    private int metricsPort;

    @Option(
            names = "--allow-modelled-stores",
            description = "For drills and benchmarks: accepts stores with modelled latency and errors.")
    private boolean allowModelledStores;

    @Option(
            names = "--store-model",
            paramLabel = "FILE",
            description = "For drills: while this file is there, stores behave as it says (put_ms=700&error_rate=0.3);"
                    + " only with --allow-modelled-stores.")
    private @Nullable Path storeModel;

    private BrokerMain() {}

    /// Exit code 0 after an orderly end, 64 for bad arguments, 1 otherwise.
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BrokerMain()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        // Before the first logger is made.
        System.setProperty("logback.configurationFile", "penstock-broker-logback.xml");
        if (logFile != null) {
            System.setProperty("penstock.log.file", logFile.toString());
        }
        if (storeModel != null && !allowModelledStores) {
            throw new IllegalArgumentException("--store-model is for drills: it needs --allow-modelled-stores");
        }
        return new BrokerProcess(
                        controlPlane,
                        fleet,
                        joinTokenFile,
                        zone,
                        metricsPort,
                        allowModelledStores,
                        Optional.ofNullable(storeModel))
                .run();
    }
}
