// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop.differential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.ApiKeys;

/// Asks both systems the same, random but by a seed, and tells where their answers differ.
///
/// Requests come in chains about the same topic, group or transactional id, as clients send them, so
/// that they meet states in which something happens. Two of three chains are of clients that mostly
/// make sense.
public final class Differential implements AutoCloseable {
    private static final int CHAINS = 12;
    /// Answers that only tell: asked again until they are equal, for both systems tell some things late.
    private static final Set<ApiKeys> READS = EnumSet.of(
            ApiKeys.METADATA,
            ApiKeys.FETCH,
            ApiKeys.LIST_OFFSETS,
            ApiKeys.OFFSET_FETCH,
            ApiKeys.DESCRIBE_GROUPS,
            ApiKeys.LIST_GROUPS,
            ApiKeys.CONSUMER_GROUP_DESCRIBE,
            ApiKeys.DESCRIBE_ACLS,
            ApiKeys.DESCRIBE_CONFIGS,
            ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS,
            ApiKeys.DESCRIBE_CLUSTER,
            ApiKeys.DESCRIBE_PRODUCERS,
            ApiKeys.DESCRIBE_TRANSACTIONS,
            ApiKeys.LIST_TRANSACTIONS,
            ApiKeys.DESCRIBE_TOPIC_PARTITIONS);
    private static final int READ_TRIES = 8;
    /// What others made is in these answers, too.
    private static final Set<ApiKeys> LISTS = EnumSet.of(
            ApiKeys.METADATA,
            ApiKeys.LIST_GROUPS,
            ApiKeys.LIST_TRANSACTIONS,
            ApiKeys.DESCRIBE_ACLS,
            ApiKeys.DELETE_ACLS,
            ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS,
            ApiKeys.DESCRIBE_TOPIC_PARTITIONS);
    private static final List<List<ApiKeys>> CLIENTS = List.of(
            List.of(
                    ApiKeys.PRODUCE,
                    ApiKeys.PRODUCE,
                    ApiKeys.FETCH,
                    ApiKeys.LIST_OFFSETS,
                    ApiKeys.LIST_OFFSETS,
                    ApiKeys.OFFSET_FOR_LEADER_EPOCH,
                    ApiKeys.DELETE_RECORDS,
                    ApiKeys.FETCH,
                    ApiKeys.PRODUCE,
                    ApiKeys.LIST_OFFSETS),
            List.of(
                    ApiKeys.FIND_COORDINATOR,
                    ApiKeys.INIT_PRODUCER_ID,
                    ApiKeys.ADD_PARTITIONS_TO_TXN,
                    ApiKeys.PRODUCE,
                    ApiKeys.PRODUCE,
                    ApiKeys.DESCRIBE_PRODUCERS,
                    ApiKeys.FETCH,
                    ApiKeys.ADD_OFFSETS_TO_TXN,
                    ApiKeys.TXN_OFFSET_COMMIT,
                    ApiKeys.DESCRIBE_TRANSACTIONS,
                    ApiKeys.LIST_TRANSACTIONS,
                    ApiKeys.END_TXN,
                    ApiKeys.DESCRIBE_TRANSACTIONS,
                    ApiKeys.FETCH,
                    ApiKeys.OFFSET_FETCH,
                    ApiKeys.LIST_OFFSETS),
            List.of(
                    ApiKeys.FIND_COORDINATOR,
                    ApiKeys.JOIN_GROUP,
                    ApiKeys.JOIN_GROUP,
                    ApiKeys.SYNC_GROUP,
                    ApiKeys.HEARTBEAT,
                    ApiKeys.OFFSET_COMMIT,
                    ApiKeys.OFFSET_FETCH,
                    ApiKeys.DESCRIBE_GROUPS,
                    ApiKeys.LIST_GROUPS,
                    ApiKeys.OFFSET_DELETE,
                    ApiKeys.LEAVE_GROUP,
                    ApiKeys.DELETE_GROUPS,
                    ApiKeys.OFFSET_FETCH),
            List.of(
                    ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                    ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                    ApiKeys.CONSUMER_GROUP_DESCRIBE,
                    ApiKeys.OFFSET_COMMIT,
                    ApiKeys.OFFSET_FETCH,
                    ApiKeys.LIST_GROUPS,
                    ApiKeys.CONSUMER_GROUP_HEARTBEAT),
            List.of(
                    ApiKeys.CREATE_TOPICS,
                    ApiKeys.METADATA,
                    ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                    ApiKeys.CREATE_PARTITIONS,
                    ApiKeys.DESCRIBE_CONFIGS,
                    ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                    ApiKeys.DESCRIBE_CONFIGS,
                    ApiKeys.METADATA,
                    ApiKeys.DELETE_TOPICS,
                    ApiKeys.METADATA),
            List.of(
                    ApiKeys.CREATE_ACLS,
                    ApiKeys.DESCRIBE_ACLS,
                    ApiKeys.DELETE_ACLS,
                    ApiKeys.DESCRIBE_ACLS,
                    ApiKeys.ALTER_USER_SCRAM_CREDENTIALS,
                    ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS));
    /// Asked by brokers of each other; the states of coordinators that follow are not a client's.
    private static final Set<ApiKeys> OF_BROKERS = EnumSet.of(ApiKeys.WRITE_TXN_MARKERS);

    private final Target penstock;
    private final Target kafka;
    private final Names names;
    private final SplittableRandom random;
    private final Map<ApiKeys, short[]> versions = new EnumMap<>(ApiKeys.class);
    private final List<ApiKeys> others = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Map<ApiKeys, Integer> asked = new EnumMap<>(ApiKeys.class);

    /// Two answers that differ.
    ///
    /// @param what the seed, the request and the field
    public record Finding(String what, String path) {
        @Override
        public String toString() {
            return what;
        }
    }

    /// @param run makes the names of this run its own
    public Differential(String penstockServers, String kafkaServers, String run, long seed)
            throws IOException, Messages.NotAMessage, InterruptedException {
        long millis = System.currentTimeMillis() / 1000 * 1000 - TimeUnit.HOURS.toMillis(1);
        names = new Names(run + "-" + seed, millis);
        penstock = new Target(penstockServers, millis);
        kafka = new Target(kafkaServers, millis);
        random = new SplittableRandom(seed);
        JsonNode here = penstock.versions();
        JsonNode there = kafka.versions();
        Map<Short, JsonNode> known = new TreeMap<>();
        there.path("apiKeys").forEach(api -> known.put(api.path("apiKey").shortValue(), api));
        for (JsonNode api : here.path("apiKeys")) {
            JsonNode same = known.get(api.path("apiKey").shortValue());
            ApiKeys key = ApiKeys.forId(api.path("apiKey").asInt());
            if (same == null || OF_BROKERS.contains(key)) {
                continue;
            }
            versions.put(key, new short[] {
                (short) Math.max(
                        Math.max(
                                api.path("minVersion").asInt(),
                                same.path("minVersion").asInt()),
                        key.oldestVersion()), // Produce 0 is announced to please old librdkafka
                (short) Math.min(
                        api.path("maxVersion").asInt(), same.path("maxVersion").asInt())
            });
        }
        versions.keySet().stream()
                .filter(api -> CLIENTS.stream().noneMatch(client -> client.contains(api)))
                .forEach(others::add);
        JsonNode creation = RequestMaker.creation(names.topics());
        Focus focus = Focus.of(names, random).on(ApiKeys.CREATE_TOPICS, (short) 7);
        for (Target target : List.of(penstock, kafka)) {
            target.ask(focus, 0, creation);
        }
        settle(new HashSet<>(names.topics()), Set.of());
        // The very first producer of an Apache Kafka has the id 0, which elsewhere means that there is none.
        for (Target target : List.of(penstock, kafka)) {
            target.spendProducerId();
        }
    }

    /// @return where answers differed
    public List<Finding> run() throws IOException, Messages.NotAMessage, InterruptedException {
        for (int n = 0; n < CHAINS; n++) {
            Focus focus = Focus.of(names, random);
            int roll = random.nextInt(CLIENTS.size() * 4 + 2);
            List<ApiKeys> chain = roll < CLIENTS.size() * 4 ? CLIENTS.get(roll / 4) : others;
            for (ApiKeys api : chain) {
                short[] range = versions.get(api);
                if (range != null && random.nextInt(8) > 0) {
                    boolean newest = random.nextInt(3) == 0;
                    step(focus.on(api, newest ? range[1] : (short) random.nextInt(range[0], range[1] + 1)));
                }
            }
        }
        return findings;
    }

    /// How often each API was asked.
    public Map<ApiKeys, Integer> asked() {
        return asked;
    }

    private void step(Focus focus) throws IOException, Messages.NotAMessage, InterruptedException {
        ObjectNode request = request(focus);
        int anyNode = random.nextInt(100);
        int here = penstock.nodeFor(focus, anyNode);
        int there = kafka.nodeFor(focus, anyNode);
        if (here != there) {
            leaveOutOthers(request, here);
        }
        asked.merge(focus.api(), 1, Integer::sum);
        List<Comparison.Difference> differences = List.of();
        for (int n = 0; n < (READS.contains(focus.api()) ? READ_TRIES : 1); n++) {
            if (n > 0) {
                TimeUnit.MILLISECONDS.sleep(50L * n);
            }
            JsonNode ours = own(focus, request, penstock.ask(focus, anyNode, request));
            JsonNode theirs = own(focus, request, kafka.ask(focus, anyNode, request));
            differences = Comparison.of(focus.api().name, ours, theirs);
            if (differences.isEmpty()) {
                break;
            }
        }
        for (Comparison.Difference difference : differences) {
            findings.add(new Finding(
                    "seed " + names.prefix() + ", " + focus.api().name + " v" + focus.version() + " " + difference
                            + "\n    " + request,
                    difference.path()));
        }
        switch (focus.api()) {
            case CREATE_TOPICS, DELETE_TOPICS, CREATE_PARTITIONS, METADATA -> settleAsKafka();
            case INCREMENTAL_ALTER_CONFIGS, CREATE_ACLS, DELETE_ACLS, ALTER_USER_SCRAM_CREDENTIALS ->
                TimeUnit.MILLISECONDS.sleep(100);
            default -> {}
        }
    }

    /// Random fields do not always make a request that the protocol can say: then others are drawn.
    private ObjectNode request(Focus focus) {
        while (true) {
            ObjectNode request = new RequestMaker(random, names, focus).make();
            try {
                Messages.request(focus.api(), focus.version(), new Memory(names.millis()).resolve(request));
                return request;
            } catch (Messages.NotAMessage drawAgain) {
                Objects.requireNonNull(drawAgain);
            }
        }
    }

    /// A client sends what concerns a partition to its leader: partitions that others lead are left
    /// out, of the request to Apache Kafka as well.
    private void leaveOutOthers(JsonNode node, int leader) {
        if (node instanceof ObjectNode object) {
            String topic = text(object, "topic", "name", "topicName");
            JsonNode id = object.path("topicId");
            if (topic.isEmpty() && id.isTextual()) {
                topic = Symbol.read(id.textValue()).map(Symbol.Open::what).orElse("");
            }
            for (JsonNode child : object) {
                if (child instanceof ArrayNode partitions && !topic.isEmpty()) {
                    for (int n = partitions.size() - 1; n >= 0; n--) {
                        Memory.Led led = penstock.memory().partitions().get(topic + "/" + number(partitions.get(n)));
                        if (led != null && led.leader() != leader) {
                            partitions.remove(n);
                        }
                    }
                }
            }
        }
        node.forEach(child -> leaveOutOthers(child, leader));
    }

    private static String text(ObjectNode object, String... fields) {
        for (String field : fields) {
            if (object.path(field).isTextual()) {
                return object.path(field).textValue();
            }
        }
        return "";
    }

    private static int number(JsonNode partition) {
        if (partition.isInt()) {
            return partition.intValue();
        }
        for (String field : List.of("partition", "partitionIndex", "index")) {
            if (partition.path(field).isInt()) {
                return partition.path(field).intValue();
            }
        }
        return Integer.MIN_VALUE;
    }

    /// Without what others made.
    private JsonNode own(Focus focus, JsonNode request, JsonNode answer) {
        if (!LISTS.contains(focus.api())) {
            return answer;
        }
        Set<String> mentioned = new HashSet<>();
        collectTexts(request, mentioned);
        dropForeign(answer, mentioned);
        return answer;
    }

    private static void collectTexts(JsonNode node, Set<String> into) {
        if (node instanceof TextNode text) {
            into.add(text.textValue());
        }
        node.forEach(child -> collectTexts(child, into));
    }

    private void dropForeign(JsonNode node, Set<String> mentioned) {
        for (JsonNode child : node) {
            if (child instanceof ArrayNode array) {
                for (int n = array.size() - 1; n >= 0; n--) {
                    if (array.get(n) instanceof ObjectNode element && isForeign(element, mentioned)) {
                        array.remove(n);
                    }
                }
            }
            dropForeign(child, mentioned);
        }
    }

    private boolean isForeign(ObjectNode element, Set<String> mentioned) {
        if (element.path("acls") instanceof ArrayNode acls) {
            for (int n = acls.size() - 1; n >= 0; n--) {
                if (!acls.get(n).path("principal").asText().contains(names.prefix())) {
                    acls.remove(n);
                }
            }
            return acls.isEmpty();
        }
        for (String field : List.of("name", "topicName", "groupId", "transactionalId", "user", "principal")) {
            JsonNode name = element.path(field);
            if (name.isTextual()) {
                return !name.textValue().contains(names.prefix()) && !mentioned.contains(name.textValue());
            }
        }
        return false;
    }

    // ---- topics come and go

    private void settleAsKafka() throws IOException, Messages.NotAMessage, InterruptedException {
        TimeUnit.MILLISECONDS.sleep(30);
        kafka.settle(metadata -> true);
        Map<String, Integer> wanted = partitionCounts(kafka);
        if (!penstock.settle(metadata -> counts(metadata).equals(wanted))) {
            findings.add(new Finding(
                    "seed " + names.prefix() + ", topics: Penstock " + partitionCounts(penstock) + ", Apache Kafka "
                            + wanted,
                    "topics"));
        }
    }

    private void settle(Set<String> there, Set<String> gone)
            throws IOException, Messages.NotAMessage, InterruptedException {
        for (Target target : List.of(penstock, kafka)) {
            target.settle(metadata -> counts(metadata).keySet().containsAll(there)
                    && counts(metadata).keySet().stream().noneMatch(gone::contains));
        }
    }

    private Map<String, Integer> partitionCounts(Target target) {
        Map<String, Integer> counts = new TreeMap<>();
        target.memory().partitions().keySet().stream()
                .map(partition -> partition.substring(0, partition.lastIndexOf('/')))
                .filter(topic -> topic.contains(names.prefix()))
                .forEach(topic -> counts.merge(topic, 1, Integer::sum));
        return counts;
    }

    /// Topics of this seed all of whose partitions have a leader.
    private Map<String, Integer> counts(JsonNode metadata) {
        Map<String, Integer> counts = new TreeMap<>();
        for (JsonNode topic : metadata.path("topics")) {
            String name = topic.path("name").asText();
            boolean led = true;
            for (JsonNode partition : topic.path("partitions")) {
                led &= partition.path("errorCode").asInt() == 0;
            }
            if (led && name.contains(names.prefix())) {
                counts.put(name, topic.path("partitions").size());
            }
        }
        return counts;
    }

    @Override
    public void close() throws IOException {
        penstock.close();
        kafka.close();
    }
}
