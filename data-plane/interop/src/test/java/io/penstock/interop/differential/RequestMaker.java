// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop.differential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;

/// Makes requests of any API and version from Kafka's schemas: every field there is gets a value, by
/// its name one that mostly makes sense, now and then one that does not. What only the asked system can
/// know is left open as a [Symbol].
final class RequestMaker {
    /// Kafka says what follows from naming something twice.
    private static final Set<ApiKeys> TWICE = EnumSet.of(ApiKeys.CREATE_TOPICS, ApiKeys.DELETE_TOPICS);

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final SplittableRandom random;
    private final Names names;
    private final Focus focus;
    private int lastPartition;

    RequestMaker(SplittableRandom random, Names names, Focus focus) {
        this.random = random;
        this.names = names;
        this.focus = focus;
    }

    ObjectNode make() {
        return struct(Messages.requestSchema(focus.api(), focus.version()), "", focus.topic());
    }

    private ObjectNode struct(Schema schema, String path, String outer) {
        ObjectNode object = JSON.objectNode();
        boolean ofTopic =
                Stream.of("topic", "topic_name", "topic_id", "name").anyMatch(field -> schema.get(field) != null);
        String topic = !ofTopic ? outer : odd(20) ? names.topic(random) : focus.topic();
        for (BoundField bound : schema.fields()) {
            if (bound.def.type instanceof TaggedFields tagged) {
                for (Field field : tagged.fields().values()) {
                    if (random.nextInt(3) == 0) {
                        object.set(camel(field.name), value(field, path, topic));
                    }
                }
            } else {
                object.set(camel(bound.def.name), value(bound.def, path, topic));
            }
        }
        return object;
    }

    /// As Kafka's JSON has it.
    static String camel(String snake) {
        StringBuilder camel = new StringBuilder();
        boolean upper = false;
        for (int i = 0; i < snake.length(); i++) {
            char c = snake.charAt(i);
            if (c == '_') {
                upper = true;
            } else {
                camel.append(upper ? Character.toUpperCase(c) : c);
                upper = false;
            }
        }
        return camel.toString();
    }

    private JsonNode value(Field field, String path, String topic) {
        String here = path.isEmpty() ? field.name : path + "." + field.name;
        Type type = field.type;
        if (type.isArray()) {
            if (type.isNullable() && chance(nullShare(here))) {
                return NullNode.instance;
            }
            ArrayNode array = JSON.arrayNode();
            int size = size(here);
            Type element = type.arrayElementType().orElseThrow();
            Set<String> subjects = new HashSet<>();
            for (int n = 0; n < size; n++) {
                JsonNode value = element instanceof Schema schema
                        ? struct(schema, here, topic)
                        : scalar(element, field.name, here, topic);
                if (subjects.add(subject(value)) || TWICE.contains(focus.api())) {
                    array.add(value);
                }
            }
            return array;
        }
        return type instanceof Schema schema ? struct(schema, here, topic) : scalar(type, field.name, here, topic);
    }

    /// What an element of a list is about. What happens to two of the same is up to the order in which
    /// they are taken, where Kafka does not refuse it.
    private static String subject(JsonNode element) {
        return Stream.of("topic", "name", "topicName", "topicId", "partition", "partitionIndex", "index")
                .map(element::path)
                .filter(JsonNode::isValueNode)
                .map(JsonNode::asText)
                .findFirst()
                .orElse(element.toString());
    }

    /// In hundredths.
    private int nullShare(String path) {
        return switch (path) {
            case "topics" ->
                focus.api() == ApiKeys.METADATA ? 5 : focus.api() == ApiKeys.CONSUMER_GROUP_HEARTBEAT ? 60 : 20;
            case "users", "topics.partitions", "groups.topics" -> 20;
            case "subscribed_topic_names", "topic_partitions" -> 40;
            default -> 30;
        };
    }

    private int size(String path) {
        return switch (path) {
            case "groups", "groups_names", "coordinator_keys", "transactional_ids", "group_ids" ->
                random.nextInt(10) == 0 ? 0 : 1;
            case "topics.assignments",
                    "topics.configs",
                    "topics.assignments.broker_ids",
                    "types_filter",
                    "states_filter",
                    "state_filters",
                    "producer_id_filters" -> Math.max(0, random.nextInt(4) - 2);
            case "transactions" -> 1; // Apache Kafka never answers a request without one
            case "upsertions", "deletions" -> random.nextInt(3) == 0 ? 0 : 1;
            default -> {
                int roll = random.nextInt(10);
                yield roll == 0 ? 0 : roll < 8 ? 1 : 2;
            }
        };
    }

    private JsonNode scalar(Type type, String name, String path, String topic) {
        return switch (type.toString()) {
            case "BOOLEAN" -> BooleanNode.valueOf(flag(name));
            case "INT8", "INT16", "UINT16", "INT32", "UNSIGNED_INT32" -> number(name, topic);
            case "INT64" -> {
                JsonNode number = number(name, topic);
                yield number instanceof IntNode small ? LongNode.valueOf(small.intValue()) : number;
            }
            case "FLOAT64" -> DoubleNode.valueOf(random.nextInt(1, 5) * 1000.0);
            case "UUID" -> id(name, topic);
            case "STRING", "COMPACT_STRING" -> text(name, path, topic);
            case "NULLABLE_STRING", "COMPACT_NULLABLE_STRING" ->
                chance(nullText(name, path)) ? NullNode.instance : text(name, path, topic);
            case "BYTES", "COMPACT_BYTES" -> bytes(name);
            case "NULLABLE_BYTES", "COMPACT_NULLABLE_BYTES" -> chance(20) ? NullNode.instance : bytes(name);
            case "RECORDS", "COMPACT_RECORDS", "NULLABLE_RECORDS", "COMPACT_NULLABLE_RECORDS" ->
                Symbol.RECORDS.of(RecordsMaker.plan(random, focus, topic + "/" + lastPartition)
                        .text());
            default -> throw new IllegalStateException(type + " of " + path);
        };
    }

    private boolean chance(int hundredths) {
        return random.nextInt(100) < hundredths;
    }

    /// That something odd is said, in hundredths; rarely by a sober client.
    private boolean odd(int hundredths) {
        return chance(focus.sober() ? Math.min(2, hundredths) : hundredths);
    }

    private boolean flag(String name) {
        return switch (name) {
            case "allow_auto_topic_creation", "enable2_pc", "keep_prepared_txn", "transaction_result" -> chance(10);
            case "validate_only" -> chance(20);
            case "committed" -> chance(70);
            default -> chance(50);
        };
    }

    private int nullText(String name, String path) {
        return switch (name) {
            case "transactional_id" ->
                switch (focus.api()) {
                    case PRODUCE -> focus.writer() == RecordsMaker.Writer.TRANSACTIONAL ? 3 : 97;
                    case INIT_PRODUCER_ID -> 10;
                    default -> 0;
                };
            case "group_instance_id", "instance_id" -> 80;
            case "name" ->
                path.equals("topics.name") && focus.api() == ApiKeys.METADATA ? 5 : path.equals("topics.name") ? 0 : 20;
            case "rack_id", "subscribed_topic_regex", "server_assignor", "transactional_id_pattern" -> 85;
            case "cluster_id", "reason" -> 60;
            case "protocol_type", "protocol_name" -> 20;
            default -> 20;
        };
    }

    private JsonNode id(String name, String topic) {
        if (!name.equals("topic_id")) {
            return TextNode.valueOf("AAAAAAAAAAAAAAAAAAAAAA");
        }
        // Of DeleteTopics and Metadata only one of id and name may be there.
        boolean either = focus.api() == ApiKeys.METADATA || focus.api() == ApiKeys.DELETE_TOPICS;
        return chance(either ? 50 : 5) ? TextNode.valueOf("AAAAAAAAAAAAAAAAAAAAAA") : Symbol.TOPIC_ID.of(topic);
    }

    private JsonNode bytes(String name) {
        return switch (name) {
            case "metadata" -> Symbol.SUBSCRIPTION.of(focus.topic());
            case "assignment" -> Symbol.ASSIGNMENT.of(focus.topic());
            default -> TextNode.valueOf("AAECAwQFBgcICQoLDA0ODw==");
        };
    }

    private TextNode pick(String... of) {
        return TextNode.valueOf(focus.sober() && !chance(15) ? of[0] : of[random.nextInt(of.length)]);
    }

    private JsonNode text(String name, String path, String topic) {
        ApiKeys api = focus.api();
        return switch (name) {
            case "topic", "topic_name" -> TextNode.valueOf(topic);
            case "topic_names" -> TextNode.valueOf(names.topic(random));
            case "name" ->
                switch (path) {
                    case "topics.name" ->
                        api == ApiKeys.CREATE_TOPICS && chance(60)
                                ? pick(
                                        names.laterTopic(),
                                        names.prefix() + "-n" + random.nextInt(6),
                                        "__consumer_offsets")
                                : TextNode.valueOf(topic);
                    case "topics.configs.name", "resources.configs.name" -> configName();
                    case "protocols.name" -> pick("range", "range", "roundrobin", "");
                    case "upsertions.name", "deletions.name", "users.name" ->
                        pick(names.user(random), names.user(random), "");
                    default -> TextNode.valueOf(topic);
                };
            case "v3_and_below_transactional_id", "transactional_id", "transactional_ids" ->
                TextNode.valueOf(odd(5) ? "" : focus.transaction());
            case "group_id", "group_ids", "groups_names" -> TextNode.valueOf(focus.group());
            case "groups" -> TextNode.valueOf(focus.group());
            case "key", "coordinator_keys" -> pick(focus.group(), focus.transaction(), "");
            case "member_id" -> odd(20) ? pick("", "stranger") : Symbol.MEMBER.of(focus.group() + "/" + focus.member());
            case "group_instance_id", "instance_id" -> pick(names.prefix() + "-i0", names.prefix() + "-i1");
            case "protocol_type" -> odd(10) ? pick("", "connect") : TextNode.valueOf("consumer");
            case "protocol_name" -> odd(10) ? pick("", "other") : TextNode.valueOf("range");
            case "value" -> pick("1000", "delete", "compact", "-1", "x", "", "86400000", "true", "lz4", "100000");
            case "resource_name", "resource_name_filter" -> resourceName();
            case "principal", "principal_filter" -> pick("User:" + names.user(random), "User:*", "nobody", "");
            case "host", "host_filter" -> pick("*", "10.0.0.1", "");
            case "configuration_keys" -> configName();
            case "subscribed_topic_names" -> TextNode.valueOf(names.topic(random));
            case "subscribed_topic_regex" -> pick(names.prefix() + ".*", "(");
            case "server_assignor" -> pick("range", "uniform", "other");
            case "states_filter" -> pick("Stable", "Empty", "other");
            case "types_filter" -> pick("classic", "consumer", "other");
            case "state_filters" -> pick("Ongoing", "Empty", "other");
            case "transactional_id_pattern" -> pick(".*x0", "(");
            case "client_software_name" -> pick("tester", "", "-x", "a b");
            case "client_software_version" -> pick("1.0", "", "?");
            case "mechanism" -> pick("PLAIN", "SCRAM-SHA-256", "other");
            default -> pick("", "some", "other");
        };
    }

    private TextNode resourceName() {
        return switch (focus.api()) {
            case DESCRIBE_CONFIGS, INCREMENTAL_ALTER_CONFIGS, ALTER_CONFIGS ->
                chance(85) ? TextNode.valueOf(focus.topic()) : pick(focus.group(), "");
            default -> pick(focus.topic(), focus.group(), "*", names.prefix(), "kafka-cluster", "");
        };
    }

    private TextNode configName() {
        return pick(
                "retention.ms",
                "cleanup.policy",
                "max.message.bytes",
                "compression.type",
                "retention.bytes",
                "min.insync.replicas",
                "message.timestamp.type",
                "segment.bytes",
                "no.such.config",
                "");
    }

    private JsonNode number(String name, String topic) {
        return switch (name) {
            case "partition", "partition_index", "index", "partition_indexes", "partitions" -> {
                IntNode partition = odd(30) ? oneOf(0, 1, 2, 0, 1, 2, 99, -1) : IntNode.valueOf(focus.partition());
                lastPartition = partition.intValue();
                yield partition;
            }
            case "producer_id", "v3_and_below_producer_id" -> producerId();
            case "producer_epoch", "v3_and_below_producer_epoch" -> producerEpoch();
            case "producer_id_filters" -> Symbol.PRODUCER_ID.of(focus.transaction());
            case "current_leader_epoch", "leader_epoch" ->
                chance(60)
                        ? IntNode.valueOf(-1)
                        : !odd(40) ? Symbol.LEADER_EPOCH.of(topic + "/" + lastPartition) : oneOf(1_000_000, -2);
            case "generation_id", "generation_id_or_member_epoch" ->
                odd(25) ? oneOf(-1, -1, 0, 77) : Symbol.GENERATION.of(focus.group() + "/" + focus.member());
            case "member_epoch" ->
                odd(40) ? oneOf(0, 0, -1, -2, 77) : Symbol.GENERATION.of(focus.group() + "/" + focus.member());
            case "session_id" -> chance(85) ? IntNode.valueOf(0) : IntNode.valueOf(123_456);
            case "session_epoch" -> chance(80) ? IntNode.valueOf(-1) : oneOf(0, 1, -1);
            case "acks" -> oneOf(-1, -1, -1, 1, 1, 0, 2);
            case "timeout_ms" -> chance(97) ? IntNode.valueOf(10_000) : oneOf(0, 5000);
            case "max_wait_ms" -> oneOf(0, 0, 20);
            case "min_bytes" -> oneOf(0, 0, 1);
            case "max_bytes", "partition_max_bytes" -> oneOf(1 << 20, 1 << 20, 1 << 20, 1, 0);
            case "fetch_offset", "offset" -> oneOf(0, 0, 0, 1, 2, 5, 1000, -1);
            case "last_fetched_epoch", "log_start_offset", "replica_id", "replica_epoch" -> IntNode.valueOf(-1);
            case "high_watermark" -> IntNode.valueOf(-1);
            case "isolation_level" -> oneOf(0, 1);
            case "timestamp" ->
                switch (random.nextInt(8)) {
                    case 0 -> LongNode.valueOf(names.millis());
                    case 1 -> LongNode.valueOf(names.millis() + 1);
                    case 2 -> LongNode.valueOf(Long.MAX_VALUE);
                    default -> oneOf(-1, -2, -3, -4, -5, -6, 0);
                };
            case "num_partitions" -> oneOf(1, 2, 3, -1, 0, -2);
            case "replication_factor" -> oneOf(1, 1, 1, -1, 0, -2);
            case "broker_ids" -> IntNode.valueOf(1);
            case "count" -> oneOf(3, 4, 2, 0, -1, 5);
            case "transaction_timeout_ms" -> oneOf(600_000, 600_000, 600_000, 0, -1, Integer.MAX_VALUE);
            case "session_timeout_ms" -> oneOf(300_000, 300_000, 300_000, 300_000, 10, Integer.MAX_VALUE);
            case "rebalance_timeout_ms" ->
                focus.api() == ApiKeys.JOIN_GROUP ? oneOf(300, 300, 300, -1) : oneOf(60_000, 60_000, 60_000, -1, 0);
            case "retention_time_ms" -> IntNode.valueOf(-1);
            case "committed_offset" -> oneOf(0, 5, 17, 17, -1);
            case "committed_leader_epoch" -> oneOf(-1, 0, 3);
            case "key_type" -> oneOf(0, 0, 1, 1, 3);
            case "resource_type" -> configs() ? oneOf(2, 2, 2, 2, 32, 8, 1) : oneOf(2, 2, 3, 4, 5, 1, 0, 9);
            case "resource_type_filter" -> oneOf(2, 2, 3, 4, 5, 1, 0);
            case "resource_pattern_type", "pattern_type_filter" -> oneOf(3, 3, 4, 2, 1, 0);
            case "operation" -> oneOf(3, 4, 8, 2, 1, 0, 12);
            case "permission_type" -> oneOf(3, 2, 1, 0);
            case "config_operation" -> oneOf(0, 0, 0, 1, 2, 3, 9);
            case "mechanism" -> oneOf(1, 2, 2, 0, 7);
            case "iterations" -> oneOf(4096, 8192, 100, 20_000);
            case "response_partition_limit" -> oneOf(2000, 2, 1, 0, -1);
            case "duration_filter" -> oneOf(-1, 0, 1_000_000);
            case "endpoint_type" -> oneOf(1, 1, 1, 2, 0);
            default -> oneOf(0, 1, -1);
        };
    }

    private boolean configs() {
        return switch (focus.api()) {
            case DESCRIBE_CONFIGS, INCREMENTAL_ALTER_CONFIGS, ALTER_CONFIGS -> true;
            default -> false;
        };
    }

    private JsonNode producerId() {
        if (focus.api() == ApiKeys.INIT_PRODUCER_ID && chance(80)) {
            return LongNode.valueOf(-1);
        }
        return !odd(10) ? Symbol.PRODUCER_ID.of(focus.transaction()) : LongNode.valueOf(chance(50) ? -1 : 987_654_321);
    }

    private JsonNode producerEpoch() {
        if (focus.api() == ApiKeys.INIT_PRODUCER_ID && chance(80)) {
            return IntNode.valueOf(-1);
        }
        return !odd(10) ? Symbol.PRODUCER_EPOCH.of(focus.transaction()) : oneOf(-1, 0, 900);
    }

    private IntNode oneOf(int... of) {
        return IntNode.valueOf(focus.sober() && !chance(15) ? of[0] : of[random.nextInt(of.length)]);
    }

    /// Topics of the seed, for whoever makes them.
    static ObjectNode creation(List<String> topics) {
        ObjectNode request = JSON.objectNode();
        ArrayNode array = request.putArray("topics");
        for (String topic : topics) {
            ObjectNode made =
                    array.addObject().put("name", topic).put("numPartitions", 3).put("replicationFactor", 1);
            made.putArray("assignments");
            made.putArray("configs");
        }
        return request.put("timeoutMs", 30_000).put("validateOnly", false);
    }
}
