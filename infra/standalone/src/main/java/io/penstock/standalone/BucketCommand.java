// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.certification.BucketCheck;
import io.penstock.objectstore.certification.CertificationReport;
import io.penstock.objectstore.certification.CertificationSettings;
import io.penstock.objectstore.certification.StoreCertification;
import io.penstock.objectstore.opening.ObjectStoreEnvironment;
import io.penstock.objectstore.opening.ObjectStores;
import io.penstock.objectstore.opening.StoreUriException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `./penstock bucket …`.
@Command(
        name = "bucket",
        description = "What can be done with a store.",
        mixinStandardHelpOptions = true,
        subcommands = BucketCommand.Check.class,
        synopsisSubcommandLabel = "COMMAND")
final class BucketCommand implements Callable<Integer> {
    private static final int CONNECTIONS = 4;

    @Override
    public Integer call() {
        throw new Trouble(Trouble.USAGE, "say what to do with the bucket: ./penstock bucket check URI");
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
}
