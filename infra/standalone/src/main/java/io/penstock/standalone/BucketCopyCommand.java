// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.control.resource.IdGenerator;
import io.penstock.control.resource.IdPrefix;
import io.penstock.log.copy.ClusterCopy;
import io.penstock.log.copy.CopyFailed;
import io.penstock.log.copy.CopyReport;
import io.penstock.log.copy.CopySettings;
import io.penstock.metadata.ClusterIdentity;
import io.penstock.metadata.MetadataFormatException;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.MetaKeys;
import io.penstock.objectstore.opening.ObjectStoreEnvironment;
import io.penstock.objectstore.opening.ObjectStores;
import io.penstock.objectstore.opening.StoreUriException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// `./penstock bucket copy FROM TO`.
@Command(
        name = "copy",
        description = "Copies a cluster's prefix while its brokers write, and says up to which point. The copy is a"
                + " cluster of its own, with an id of its own: attach it with POST /v1/clusters and spec.prefix. What"
                + " was interrupted goes on with the same command.",
        mixinStandardHelpOptions = true)
final class BucketCopyCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FROM", description = "The bucket's URI, then /TENANT/CLUSTER.")
    private String from = "";

    @Parameters(
            index = "1",
            paramLabel = "TO",
            description = "Where no cluster is yet: another bucket's URI, then any two path segments.")
    private String to = "";

    @Option(names = "--json", description = "For programs.")
    private boolean json;

    /// The contract of `bucket copy --json`.
    record Copied(
            String from,
            String to,
            String cluster_id,
            String prefix,
            String point,
            boolean instant,
            int metalog_entry,
            long objects_copied,
            long objects_kept,
            long bytes,
            List<PartitionPoint> partitions) {}

    record PartitionPoint(String topic, int partition, long log_start_offset, long end_offset) {}

    @Override
    public Integer call() {
        PrefixUri source = PrefixUri.parse(from);
        PrefixUri target = PrefixUri.parse(to);
        SecureRandom random = new SecureRandom();
        Clock clock = Clock.systemUTC();
        try (ExecutorService blocking = Executors.newCachedThreadPool(
                        Thread.ofPlatform().daemon(true).name("store-", 0).factory());
                ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon(true).name("store-timer").factory())) {
            ObjectStoreEnvironment environment =
                    ObjectStoreEnvironment.of(blocking, scheduler, random, clock, new SimpleMeterRegistry());
            try (ObjectStore reading = ObjectStores.open(source.store(), environment);
                    ObjectStore writing = ObjectStores.open(target.store(), environment)) {
                MetaKeys meta = new MetaKeys(source.prefix());
                ClusterIdentity original = identity(reading, meta);
                ClusterIdentity own = new ClusterIdentity(
                        new IdGenerator(clock, random).next(IdPrefix.CLUSTER),
                        original.tenantId(),
                        original.shards(),
                        clock.millis());
                CopyReport report = new ClusterCopy(
                                reading,
                                source.prefix(),
                                writing,
                                target.prefix(),
                                new CopiedMetalog(reading, meta),
                                CopySettings.defaults(),
                                clock,
                                BucketCopyCommand::sleep,
                                said -> System.err.println("penstock: " + said))
                        .copy(ByteBuffer.wrap(own.encode()));
                show(copied(target, own, report));
                return 0;
            }
        } catch (StoreUriException e) {
            throw new Trouble(Trouble.USAGE, String.valueOf(e.getMessage()));
        } catch (CopyFailed e) {
            throw new Trouble(
                    switch (e.reason()) {
                        case TARGET_TAKEN -> Trouble.CANNOT_CREATE;
                        case SOURCE_DAMAGED -> Trouble.DATA;
                        case NO_ANSWER, OVERTAKEN -> Trouble.TRY_AGAIN;
                    },
                    String.valueOf(e.getMessage()));
        }
    }

    private ClusterIdentity identity(ObjectStore store, MetaKeys keys) {
        try {
            return switch (store.get(keys.cluster()).join()) {
                case GetOutcome.Found found -> ClusterIdentity.decode(found.bytes());
                case GetOutcome.Absent _ ->
                    throw new Trouble(Trouble.DATA, "no cluster lives at " + from + ": there is no " + keys.cluster());
                case GetOutcome.Failed(Throwable cause) ->
                    throw new Trouble(Trouble.TRY_AGAIN, "the store does not answer: " + cause.getMessage());
            };
        } catch (MetadataFormatException e) {
            throw new Trouble(Trouble.DATA, keys.cluster() + ": " + e.getMessage());
        }
    }

    private Copied copied(PrefixUri target, ClusterIdentity own, CopyReport report) {
        return new Copied(
                from,
                to,
                own.clusterId(),
                target.prefix().value(),
                report.point().toString(),
                report.instant(),
                report.metalogEntry(),
                report.copied(),
                report.kept(),
                report.bytes(),
                report.partitions().stream()
                        .map(at -> new PartitionPoint(at.topic(), at.partition(), at.logStartOffset(), at.endOffset()))
                        .toList());
    }

    private void show(Copied copied) {
        if (json) {
            System.out.println(JsonMapper.builder()
                    .build()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(copied));
            return;
        }
        StringBuilder text = new StringBuilder();
        text.append("Copied         %d objects, %d bytes%s%n"
                .formatted(
                        copied.objects_copied,
                        copied.bytes,
                        copied.objects_kept == 0 ? "" : "; " + copied.objects_kept + " were there already"));
        text.append("Cluster        ").append(copied.cluster_id).append('\n');
        text.append("Prefix         ").append(copied.prefix).append('\n');
        text.append("Point          everything acknowledged before ")
                .append(copied.point)
                .append(copied.instant ? ", all of one instant\n" : "; partitions may end some milliseconds apart\n");
        text.append("Metalog        entry ").append(copied.metalog_entry).append("\n\n");
        text.append("%-48s %9s %14s %14s%n".formatted("TOPIC", "PARTITION", "FROM OFFSET", "UP TO OFFSET"));
        copied.partitions.forEach(at -> text.append(
                "%-48s %9d %14d %14d%n".formatted(at.topic, at.partition, at.log_start_offset, at.end_offset)));
        System.out.println(text.toString().stripTrailing());
    }

    private static void sleep(Duration pause) {
        try {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Trouble(Trouble.TRY_AGAIN, "interrupted; the same command goes on from here");
        }
    }
}
