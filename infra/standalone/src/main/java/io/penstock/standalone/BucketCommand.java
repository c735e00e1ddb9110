// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.log.fsck.ClusterReport;
import io.penstock.log.fsck.FsckSettings;
import io.penstock.objectstore.HeadOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.certification.BucketCheck;
import io.penstock.objectstore.certification.CertificationReport;
import io.penstock.objectstore.certification.CertificationSettings;
import io.penstock.objectstore.certification.StoreCertification;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.opening.ObjectStoreEnvironment;
import io.penstock.objectstore.opening.ObjectStores;
import io.penstock.objectstore.opening.StoreUriException;
import io.penstock.standalone.fsck.BucketFsck;
import io.penstock.standalone.fsck.FsckText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `./penstock bucket …`.
@Command(
        name = "bucket",
        description = "What can be done with a store.",
        mixinStandardHelpOptions = true,
        subcommands = {BucketCommand.Check.class, BucketCommand.Fsck.class, BucketCopyCommand.class},
        synopsisSubcommandLabel = "COMMAND")
final class BucketCommand implements Callable<Integer> {
    private static final int CONNECTIONS = 4;

    @Override
    public Integer call() {
        throw new Trouble(
                Trouble.USAGE,
                "say what to do with the bucket: ./penstock bucket check URI, fsck URI, or copy FROM TO");
    }

    @Command(
            name = "check",
            description =
                    "Proves that a store keeps the promises the log hangs on: one winner of every conditional put, what was"
                            + " stored is seen by everybody. Leaves nothing behind.",
            mixinStandardHelpOptions = true)
    static final class Check implements Callable<Integer> {
        @Parameters(
                paramLabel = "URI",
                description = "file:DIR or s3://bucket/root?endpoint=…&region=…&path_style=true")
        private String uri = "";

        @Override
        public Integer call() {
            SecureRandom random = new SecureRandom();
            List<ObjectStore> stores = new ArrayList<>();
            try (ExecutorService blocking = Executors.newCachedThreadPool(
                            Thread.ofPlatform().daemon(true).name("store-", 0).factory());
                    ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(
                            Thread.ofPlatform().daemon(true).name("store-timer").factory())) {
                ObjectStoreEnvironment environment = ObjectStoreEnvironment.of(
                        blocking, scheduler, random, Clock.systemUTC(), new SimpleMeterRegistry());
                try {
                    for (int connection = 0; connection < CONNECTIONS; connection++) {
                        stores.add(ObjectStores.open(uri, environment));
                    }
                    CertificationReport report = new StoreCertification(
                                    CertificationSettings.defaults(),
                                    random,
                                    io.micrometer.core.instrument.Clock.SYSTEM)
                            .certify(stores);
                    System.out.println(BucketCheck.show(uri, report));
                    return report instanceof CertificationReport.Passed ? 0 : 1;
                } finally {
                    stores.forEach(ObjectStore::close);
                }
            } catch (StoreUriException e) {
                throw new Trouble(Trouble.USAGE, String.valueOf(e.getMessage()));
            }
        }
    }

    @Command(
            name = "fsck",
            description =
                    "Proves the clusters below a store's root whole, or names what is damaged: every offset once, every checksum,"
                            + " epochs, metalog, seals, floors, orphans. Reads only, also while brokers write. Exit code"
                            + " 0: whole, 1: damaged, 2: could not be checked.",
            mixinStandardHelpOptions = true)
    static final class Fsck implements Callable<Integer> {
        private static final int COULD_NOT_CHECK = 2;

        @Parameters(
                paramLabel = "URI",
                description = "The store's root, or the prefix of one cluster: file:DIR or s3://bucket/root?…")
        private String uri = "";

        @Option(
                names = "--cluster",
                paramLabel = "TENANT/CLUSTER",
                description = "Only this one of the root's clusters.")
        private @Nullable String cluster;

        @Option(names = "--json", paramLabel = "FILE", description = "Also writes the report there.")
        private @Nullable Path json;

        @Override
        public Integer call() throws IOException {
            try (ExecutorService blocking = Executors.newCachedThreadPool(
                            Thread.ofPlatform().daemon(true).name("store-", 0).factory());
                    ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(
                            Thread.ofPlatform().daemon(true).name("store-timer").factory())) {
                ObjectStoreEnvironment environment = ObjectStoreEnvironment.of(
                        blocking, scheduler, new SecureRandom(), Clock.systemUTC(), new SimpleMeterRegistry());
                return check(environment);
            } catch (StoreUriException e) {
                throw new Trouble(Trouble.USAGE, String.valueOf(e.getMessage()));
            }
        }

        private int check(ObjectStoreEnvironment environment) throws IOException {
            requireFolder();
            Place place = place(environment);
            try (ObjectStore store = ObjectStores.open(place.root, environment)) {
                BucketFsck fsck =
                        new BucketFsck(store, FsckSettings.defaults(), Clock.systemUTC(), BucketCommand::sleep);
                List<ClusterPrefix> clusters;
                try {
                    clusters = place.cluster.isPresent() ? List.of(place.cluster.get()) : fsck.clusters();
                } catch (IOException e) {
                    System.out.println("NOT PROVEN: " + e.getMessage());
                    return COULD_NOT_CHECK;
                }
                List<ClusterReport> reports = new ArrayList<>();
                for (ClusterPrefix prefix : clusters) {
                    ClusterReport report = fsck.check(prefix);
                    System.out.print(FsckText.text(report));
                    reports.add(report);
                }
                if (json != null) {
                    Files.writeString(json, FsckText.json(uri, reports) + "\n");
                }
                if (reports.isEmpty()) {
                    System.out.println("NOT PROVEN: there is no cluster below " + uri);
                    return COULD_NOT_CHECK;
                }
                return FsckText.exitCode(reports);
            }
        }

        /// A check creates nothing, so not the folder either.
        private void requireFolder() {
            if (uri.startsWith("file:")
                    && !Files.isDirectory(
                            Path.of(uri.replaceFirst("^file:(//)?", "").replaceFirst("\\?.*", "")))) {
                throw new Trouble(Trouble.USAGE, "'" + uri + "': there is no such folder.");
            }
        }

        /// @param root what to open
        /// @param cluster empty: all below the root
        private record Place(String root, Optional<ClusterPrefix> cluster) {}

        /// A URI that names a cluster's own prefix is one of the root two folders up.
        private Place place(ObjectStoreEnvironment environment) {
            if (cluster != null) {
                try {
                    return new Place(uri, Optional.of(new ClusterPrefix(cluster)));
                } catch (IllegalArgumentException e) {
                    throw new Trouble(Trouble.USAGE, "--cluster is TENANT/CLUSTER, as their ids: " + e.getMessage());
                }
            }
            String path = uri.replaceFirst("\\?.*", "").replaceFirst("/+$", "");
            String parameters = uri.contains("?") ? uri.substring(uri.indexOf('?')) : "";
            String[] segments = path.split("/");
            if (segments.length < 3) {
                return new Place(uri, Optional.empty());
            }
            try (ObjectStore store = ObjectStores.open(uri, environment)) {
                if (!(store.head(ObjectKey.of("cluster")).join() instanceof HeadOutcome.Found)) {
                    return new Place(uri, Optional.empty());
                }
            }
            String tenant = segments[segments.length - 2];
            String name = segments[segments.length - 1];
            String root = path.substring(0, path.length() - tenant.length() - name.length() - 2);
            return new Place(root + parameters, Optional.of(ClusterPrefix.of(tenant, name)));
        }
    }

    private static void sleep(Duration pause) {
        try {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
