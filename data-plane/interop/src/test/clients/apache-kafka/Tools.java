// SPDX-License-Identifier: Apache-2.0

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.Exit;

/// Kafka's own command-line tools, each called as its script in Kafka's bin would, and what they printed, without what
/// is different on every cluster. Arguments: `bootstrap.servers`, what names begin with, replicas of topics.
public class Tools {
    static final PrintStream OUT = System.out;
    static final InputStream IN = System.in;
    static String servers, prefix, replicas;

    /// Ends a tool's main where it would end the process.
    static class Exited extends RuntimeException {}

    static ByteArrayOutputStream printed = new ByteArrayOutputStream();
    static int exitCode, printedAtExit;

    public static void main(String[] arguments) throws Exception {
        servers = arguments[0];
        prefix = arguments[1];
        replicas = arguments[2];
        Exit.setExitProcedure((code, message) -> {
            if (exitCode < 0) { // some tools catch what we throw, and exit again
                exitCode = code;
                System.out.flush();
                printedAtExit = printed.size();
            }
            throw new Exited();
        });
        topics();
        records();
        groups();
        configs();
        acls();
        cluster();
        System.exit(0);
    }

    static void topics() throws Exception {
        String topic = prefix + "-topic";
        String main = "org.apache.kafka.tools.TopicCommand";
        run("topics --create", main, "--create", "--topic", topic, "--partitions", "2", "--replication-factor", replicas, "--config", "retention.ms=86400000");
        run("topics --create again", main, "--create", "--topic", topic);
        run("topics --create --if-not-exists", main, "--create", "--if-not-exists", "--topic", topic);
        run("topics --alter", main, "--alter", "--topic", topic, "--partitions", "3");
        run("topics --alter to fewer", main, "--alter", "--topic", topic, "--partitions", "1");
        run("topics --describe", main, "--describe", "--topic", topic);
        run("topics --describe --under-replicated-partitions", main, "--describe", "--under-replicated-partitions");
        run("topics --describe --unavailable-partitions", main, "--describe", "--unavailable-partitions");
        run("topics --list", Tools::ours, main, "--list", "--exclude-internal");
        run("topics --describe of nothing", main, "--describe", "--topic", prefix + "-nothing");
        run("topics --create with a config that is none", main, "--create", "--topic", prefix + "-bad", "--config", "no.such.config=1");
        run("topics --create with a value that is none", main, "--create", "--topic", prefix + "-bad", "--config", "retention.ms=x");
        run("topics --create with a name that is none", main, "--create", "--topic", "a/b");
    }

    static void records() throws Exception {
        String topic = prefix + "-topic";
        Path input = Files.writeString(Files.createTempFile("lines", ".txt"), "a=1\nb=2\nc=3\nd=4\n");
        System.setIn(Files.newInputStream(input));
        run("console-producer", "org.apache.kafka.tools.ConsoleProducer", "--topic", topic, "--reader-property", "parse.key=true", "--reader-property", "key.separator==", "--compression-codec", "zstd", "--sync");
        System.setIn(IN);
        run("console-consumer", Tools::sorted,
                "org.apache.kafka.tools.consumer.ConsoleConsumer", "--topic", topic, "--group", prefix + "-console", "--from-beginning", "--max-messages", "4", "--formatter-property", "print.key=true");
        run("producer-perf-test", text -> text.replaceAll("(?s)(\\d+ records sent).*", "$1"),
                "org.apache.kafka.tools.ProducerPerformance", "--topic", prefix + "-perf", "--num-records", "1000", "--record-size", "100", "--throughput", "-1", "--producer-props", "bootstrap.servers=" + servers);
        run("consumer-perf-test", text -> text.lines().anyMatch(line -> line.matches("\\d{4}-.*, 1000, .*")) ? "1000 records" : text,
                "org.apache.kafka.tools.ConsumerPerformance", "--topic", prefix + "-perf", "--num-records", "1000", "--group", prefix + "-perf");
        run("get-offsets", "org.apache.kafka.tools.GetOffsetShell", "--topic", prefix + "-perf");
        run("get-offsets of a time", "org.apache.kafka.tools.GetOffsetShell", "--topic", prefix + "-perf", "--time", "earliest");
        run("get-offsets --time max-timestamp", text -> text.replaceAll(":\\d+$", ":n"), "org.apache.kafka.tools.GetOffsetShell", "--topic", prefix + "-perf", "--time", "max-timestamp");
        Path below = json("{\"partitions\":[{\"topic\":\"%s-perf\",\"partition\":0,\"offset\":100}],\"version\":1}");
        run("delete-records", "org.apache.kafka.tools.DeleteRecordsCommand", "--offset-json-file", below.toString());
        run("get-offsets afterwards", "org.apache.kafka.tools.GetOffsetShell", "--topic", prefix + "-perf", "--time", "earliest");
        run("transactions list", Tools::ours, "org.apache.kafka.tools.TransactionsCommand", "list");
        run("transactions describe-producers", Tools::headed, "org.apache.kafka.tools.TransactionsCommand", "describe-producers", "--topic", prefix + "-perf", "--partition", "0");
        run("transactions find-hanging", "org.apache.kafka.tools.TransactionsCommand", "find-hanging", "--topic", prefix + "-perf");
        run("log-dirs", text -> text.replaceAll("(?s).*\"version\".*", "a JSON of the brokers"), "org.apache.kafka.tools.LogDirsCommand", "--describe", "--topic-list", prefix + "-perf");
    }

    static void groups() throws Exception {
        String group = prefix + "-console";
        String main = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
        run("consumer-groups --list", Tools::ours, main, "--list", "--state", "--type");
        run("consumer-groups --describe", main, "--describe", "--group", group);
        run("consumer-groups --describe --state", text -> text.replaceAll("\\S+ \\(\\d+\\)", "COORDINATOR"), main, "--describe", "--state", "--group", group);
        run("consumer-groups --describe --members", main, "--describe", "--members", "--group", group);
        run("consumer-groups --reset-offsets", Tools::sorted, main, "--reset-offsets", "--to-earliest", "--group", group, "--topic", prefix + "-topic", "--execute");
        run("consumer-groups --reset-offsets --export", Tools::sorted, main, "--reset-offsets", "--shift-by", "1", "--group", group, "--topic", prefix + "-topic", "--export", "--dry-run");
        run("consumer-groups --delete-offsets", main, "--delete-offsets", "--group", group, "--topic", prefix + "-topic:0");
        run("consumer-groups --delete", main, "--delete", "--group", group);
        run("consumer-groups --describe of nothing", main, "--describe", "--group", prefix + "-nothing");
        run("groups --list", Tools::ours, "org.apache.kafka.tools.GroupsCommand", "--list");
        run("streams-groups --list", Tools::ours, "org.apache.kafka.tools.streams.StreamsGroupCommand", "--list");
    }

    static void configs() throws Exception {
        String topic = prefix + "-topic";
        String main = "kafka.admin.ConfigCommand";
        run("configs --alter of a topic", main, "--alter", "--entity-type", "topics", "--entity-name", topic, "--add-config", "max.message.bytes=100000,cleanup.policy=[compact,delete]");
        run("configs --describe of a topic", main, "--describe", "--entity-type", "topics", "--entity-name", topic);
        run("configs --alter with a value that is none", main, "--alter", "--entity-type", "topics", "--entity-name", topic, "--add-config", "retention.ms=x");
        run("configs --alter --delete-config", main, "--alter", "--entity-type", "topics", "--entity-name", topic, "--delete-config", "retention.ms");
        run("configs --describe afterwards", main, "--describe", "--entity-type", "topics", "--entity-name", topic);
        run("configs --alter of a group", main, "--alter", "--entity-type", "groups", "--entity-name", prefix + "-group", "--add-config", "consumer.session.timeout.ms=50000");
        run("configs --describe of a group", main, "--describe", "--entity-type", "groups", "--entity-name", prefix + "-group");
        run("configs --alter of a user's credentials", main, "--alter", "--entity-type", "users", "--entity-name", prefix + "-user", "--add-config", "SCRAM-SHA-256=[iterations=8192,password=secret]");
        run("configs --describe of a user", main, "--describe", "--entity-type", "users", "--entity-name", prefix + "-user");
        run("configs --alter of a user's quota", main, "--alter", "--entity-type", "users", "--entity-name", prefix + "-user", "--add-config", "producer_byte_rate=1000000");
        run("configs --describe of a user's quota", main, "--describe", "--entity-type", "users", "--entity-name", prefix + "-user");
        run("configs --alter of a broker", main, "--alter", "--entity-type", "brokers", "--entity-default", "--add-config", "log.cleaner.threads=2");
        run("configs --describe of all brokers", text -> text.contains("log.cleaner.threads=2") ? "log.cleaner.threads=2 is among them" : text, main, "--describe", "--entity-type", "brokers", "--entity-default");
        run("configs --alter of a client's metrics", main, "--alter", "--entity-type", "client-metrics", "--entity-name", prefix + "-metrics", "--add-config", "metrics=[org.apache.kafka.producer.],interval.ms=60000");
        run("client-metrics --list", Tools::ours, "org.apache.kafka.tools.ClientMetricsCommand", "--list");
    }

    static void acls() throws Exception {
        String main = "org.apache.kafka.tools.AclCommand";
        run("acls --add", main, "--add", "--allow-principal", "User:" + prefix, "--operation", "Read", "--topic", prefix + "-", "--resource-pattern-type", "prefixed");
        run("acls --list", main, "--list", "--principal", "User:" + prefix);
        run("acls --remove", main, "--remove", "--force", "--allow-principal", "User:" + prefix, "--operation", "Read", "--topic", prefix + "-", "--resource-pattern-type", "prefixed");
        run("acls --list afterwards", main, "--list", "--principal", "User:" + prefix);
    }

    static void cluster() throws Exception {
        run("cluster cluster-id", text -> text.replaceAll("Cluster ID: \\S+", "Cluster ID: ID"), "org.apache.kafka.tools.ClusterTool", "cluster-id");
        run("cluster list-endpoints", Tools::headed, "org.apache.kafka.tools.ClusterTool", "list-endpoints");
        run("broker-api-versions", text -> text.contains("Produce(0): ") ? "versions of each broker" : text, "org.apache.kafka.tools.BrokerApiVersionsCommand");
        run("features describe", text -> text.replaceAll("Epoch: \\d+", "Epoch: n").replaceAll("FinalizedVersionLevel", "Finalized"), "org.apache.kafka.tools.FeatureCommand", "describe");
        run("metadata-quorum describe --status", text -> firstLine(text).replaceAll("ClusterId: \\S+", "ClusterId: ID"), "org.apache.kafka.tools.MetadataQuorumCommand", "describe", "--status");
        run("leader-election", "org.apache.kafka.tools.LeaderElectionCommand", "--election-type", "preferred", "--topic", prefix + "-perf", "--partition", "0");
        run("reassign-partitions --list", "org.apache.kafka.tools.reassign.ReassignPartitionsCommand", "--list");
        run("reassign-partitions --execute", Tools::firstLine, "org.apache.kafka.tools.reassign.ReassignPartitionsCommand", "--execute", "--reassignment-json-file",
                json("{\"version\":1,\"partitions\":[{\"topic\":\"%s-perf\",\"partition\":0,\"replicas\":[1]}]}").toString());
        run("delegation-tokens --describe", Tools::firstLine, "org.apache.kafka.tools.DelegationTokenCommand", "--describe", "--command-config", Files.createTempFile("empty", ".properties").toString());
        run("topics --delete", "org.apache.kafka.tools.TopicCommand", "--delete", "--topic", prefix + "-topic");
        run("topics --delete again", "org.apache.kafka.tools.TopicCommand", "--delete", "--topic", prefix + "-topic");
    }

    // ---- words

    static Path json(String format) throws Exception {
        return Files.writeString(Files.createTempFile("tools", ".json"), format.formatted(prefix));
    }

    static void run(String what, String main, String... arguments) throws Exception {
        run(what, text -> text, main, arguments);
    }

    /// Calls the tool's main and tells what it printed; the exit code if it is not 0.
    static void run(String what, UnaryOperator<String> essence, String main, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        if (!main.endsWith("ProducerPerformance")) {
            int at = main.endsWith("TransactionsCommand") || main.endsWith("FeatureCommand") || main.endsWith("MetadataQuorumCommand") ? 0 : all.size();
            all.addAll(at, List.of("--bootstrap-server", servers));
        }
        printed.reset();
        exitCode = -1;
        PrintStream both = new PrintStream(printed, true, StandardCharsets.UTF_8);
        System.setOut(both);
        System.setErr(both);
        String ended = "";
        try {
            Class.forName(main).getMethod("main", String[].class).invoke(null, (Object) all.toArray(String[]::new));
        } catch (java.lang.reflect.InvocationTargetException thrown) {
            if (exitCode < 0) {
                ended = " [" + thrown.getCause().getClass().getSimpleName() + "]";
            }
        } finally {
            System.setOut(OUT);
        }
        if (exitCode > 0) {
            ended = " [exit code " + exitCode + "]";
        }
        byte[] bytes = printed.toByteArray();
        String text = new String(bytes, 0, exitCode < 0 ? bytes.length : printedAtExit, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank() && !line.matches("(\\s+at |\\s+\\.\\.\\. |WARNING:|Caused by: |java\\.).*"))
                .collect(Collectors.joining("\n"));
        OUT.println(what + ": " + common(essence.apply(common(text))).lines().map(String::strip).collect(Collectors.joining(" | ")) + ended);
        OUT.flush();
    }

    /// Without what no two clusters have in common.
    static String common(String text) {
        return text.replace(servers, "SERVERS")
                .replaceAll("TopicId: \\S+", "TopicId: ID")
                .replaceAll("Leader: \\d+", "Leader: n")
                .replaceAll("(Replicas|Isr|Elr|LastKnownElr): [\\d,]+", "$1: n")
                .replaceAll("ReplicationFactor: \\d+", "ReplicationFactor: n")
                .replaceAll("[ \t]+", " ");
    }

    static String sorted(String text) {
        return text.lines().sorted().collect(Collectors.joining("\n"));
    }

    static String ours(String text) {
        return text.lines().filter(line -> line.contains(prefix)).sorted().collect(Collectors.joining("\n"));
    }

    static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    /// The names of the columns alone.
    static String headed(String text) {
        return firstLine(text) + (text.lines().count() > 1 ? "\nand lines" : "");
    }
}
