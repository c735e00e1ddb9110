// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker;

import io.penstock.broker.network.TlsFiles;
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
            paramLabel = "HOST:PORT[,…]",
            description = "Where the control plane's replicas listen for brokers.")
    private String controlPlane = "";

    @Option(
            names = "--fleet",
            defaultValue = "",
            paramLabel = "ID",
            description = "The fleet; a one-time token says it itself.")
    private String fleet = "";

    @Option(
            names = "--join-token-file",
            required = true,
            paramLabel = "FILE",
            description = "Holds this broker's secret.")
    private Path joinTokenFile = Path.of("");

    @Option(
            names = "--identity-dir",
            paramLabel = "DIR",
            description = "On a host of its own: joins with the one-time token in --join-token-file, calls within TLS,"
                    + " and keeps its certificate here.")
    private @Nullable Path identityDir;

    @Option(
            names = "--host",
            paramLabel = "NAME",
            defaultValue = "",
            description = "With --identity-dir: where this broker listens and is reached.")
    private String host = "";

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

    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            description = "PEM chain for clusters that are served within TLS; looked at again when it is renewed.")
    private @Nullable Path tlsCertificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key: PEM (PKCS#8), not encrypted.")
    private @Nullable Path tlsKey;

    private BrokerMain() {}

    /// Exit code 0 after an orderly end, 64 for bad arguments, 1 otherwise.
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BrokerMain()).execute(arguments));
    }

    private Optional<TlsFiles> tls() {
        Path certificate = tlsCertificate;
        Path key = tlsKey;
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("--tls-certificate and --tls-key go together");
        }
        return certificate == null || key == null ? Optional.empty() : Optional.of(new TlsFiles(certificate, key));
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
        if ((identityDir == null) != host.isEmpty()) {
            throw new IllegalArgumentException("--identity-dir and --host go together");
        }
        if (identityDir == null && fleet.isEmpty()) {
            throw new IllegalArgumentException("--fleet is needed, or --identity-dir");
        }
        return new BrokerProcess(
                        controlPlane,
                        fleet,
                        joinTokenFile,
                        zone,
                        metricsPort,
                        allowModelledStores,
                        Optional.ofNullable(storeModel),
                        tls(),
                        Optional.ofNullable(identityDir),
                        host)
                .run();
    }
}
