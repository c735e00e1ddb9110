// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `./penstock topic …`.
@Command(
        name = "topic",
        description = "Topics of a cluster.",
        mixinStandardHelpOptions = true,
        subcommands = {
            TopicCommand.ListTopics.class,
            TopicCommand.Create.class,
            TopicCommand.Alter.class,
            TopicCommand.Describe.class,
            TopicCommand.Delete.class
        })
public final class TopicCommand {
    private static final Kind TOPICS = Kind.named("topics");

    private static void show(Directory directory, String cluster, String name) {
        System.out.println(Output.TABLE.of(
                TOPICS, List.of(directory.one(TOPICS, Directory.Place.ofCluster(cluster), name)), true));
    }

    private static String path(Directory directory, String cluster, String name) {
        return directory.collection(TOPICS, Directory.Place.ofCluster(cluster)) + "/" + ControlPlane.escape(name);
    }

    /// `./penstock topic list CLUSTER`.
    @Command(name = "list", description = "Lists topics.", mixinStandardHelpOptions = true)
    static final class ListTopics implements Callable<Integer> {
        @Mixin
        private Remote remote = new Remote();

        @Parameters(index = "0", paramLabel = "CLUSTER", description = "Name or id.")
        private String cluster = "";

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FORMAT",
                defaultValue = "table",
                description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
        private Output output = Output.TABLE;

        @Override
        public Integer call() {
            System.out.println(
                    output.of(TOPICS, remote.directory().list(TOPICS, Directory.Place.ofCluster(cluster)), false));
            return 0;
        }
    }

    /// `./penstock topic create CLUSTER NAME`.
    @Command(name = "create", description = "Makes a topic.", mixinStandardHelpOptions = true)
    static final class Create implements Callable<Integer> {
        @Mixin
        private Remote remote = new Remote();

        @Parameters(index = "0", paramLabel = "CLUSTER", description = "Name or id.")
        private String cluster = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "Its name.")
        private String name = "";

        @Mixin
        private Wish wish = new Wish();

        @Override
        public Integer call() {
            var directory = remote.directory();
            var request = ControlPlane.object();
            request.putObject("metadata").put("name", name);
            request.set("spec", wish.spec());
            directory.api().post(directory.collection(TOPICS, Directory.Place.ofCluster(cluster)), request);
            show(directory, cluster, name);
            return 0;
        }
    }

    /// `./penstock topic alter CLUSTER NAME`.
    @Command(name = "alter", description = "Changes a topic.", mixinStandardHelpOptions = true)
    static final class Alter implements Callable<Integer> {
        @Mixin
        private Remote remote = new Remote();

        @Parameters(index = "0", paramLabel = "CLUSTER", description = "Name or id.")
        private String cluster = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "Its name.")
        private String name = "";

        @Mixin
        private Wish wish = new Wish();

        @Option(names = "--reset", paramLabel = "KEY", description = "Returns a config to its default.")
        private List<String> reset = List.of();

        @Override
        public Integer call() {
            var directory = remote.directory();
            var patch = ControlPlane.object();
            var spec = wish.spec();
            reset.forEach(key -> spec.withObject("/configs").putNull(key));
            patch.set("spec", spec);
            directory.api().patch(path(directory, cluster, name), patch);
            show(directory, cluster, name);
            return 0;
        }
    }

    /// `./penstock topic describe CLUSTER NAME`.
    @Command(
            name = "describe",
            description = "Shows a topic, its partitions with their leaders, and what was set of its configs.",
            mixinStandardHelpOptions = true)
    static final class Describe implements Callable<Integer> {
        @Mixin
        private Remote remote = new Remote();

        @Parameters(index = "0", paramLabel = "CLUSTER", description = "Name or id.")
        private String cluster = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "Its name.")
        private String name = "";

        @Override
        public Integer call() {
            var directory = remote.directory();
            var path = path(directory, cluster, name);
            System.out.println(Output.yaml(directory.one(TOPICS, Directory.Place.ofCluster(cluster), name)));
            System.out.println("partitions:");
            directory
                    .api()
                    .list(path + "/partitions")
                    .forEach(partition -> System.out.println("- %d: shard %d, leader %s, epoch %s"
                            .formatted(
                                    partition.path("partition").asInt(),
                                    partition.path("shard").asInt(),
                                    Optional.of(partition.path("leader"))
                                            .filter(leader -> leader.isObject())
                                            .map(leader -> leader.path("node_id")
                                                            .asInt() + " ("
                                                    + leader.path("host").asString("") + ":"
                                                    + leader.path("port").asInt() + ")")
                                            .orElse("none"),
                                    partition.path("leader_epoch").asString("-"))));
            return 0;
        }
    }

    /// `./penstock topic delete CLUSTER NAME`.
    @Command(name = "delete", description = "Deletes a topic.", mixinStandardHelpOptions = true)
    static final class Delete implements Callable<Integer> {
        @Mixin
        private Remote remote = new Remote();

        @Parameters(index = "0", paramLabel = "CLUSTER", description = "Name or id.")
        private String cluster = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "Its name.")
        private String name = "";

        @Override
        public Integer call() {
            DeleteCommand.delete(remote.directory(), TOPICS, Directory.Place.ofCluster(cluster), name, false);
            return 0;
        }
    }

    /// What may be said of a topic.
    static final class Wish {
        @Option(names = "--partitions", paramLabel = "N", description = "How many partitions; they only grow.")
        private @Nullable Integer partitions;

        @Option(names = "--config", paramLabel = "KEY=VALUE", description = "A config; may be given more than once.")
        private Map<String, String> configs = Map.of();

        ObjectNode spec() {
            var spec = ControlPlane.object();
            if (partitions != null) {
                spec.put("partitions", partitions);
            }
            configs.forEach((key, value) -> spec.withObject("/configs").put(key, value));
            return spec;
        }
    }
}
