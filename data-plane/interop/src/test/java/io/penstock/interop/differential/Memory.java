// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop.differential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.common.utils.Utils;

/// What one system has told so far, of which the other has told something else with the same meaning.
final class Memory {
    private static final String NO_ID = "AAAAAAAAAAAAAAAAAAAAAA";
    private static final String NEVER_AN_ID = "zzzzzzzzQzCzzzzzzzzzzw";
    private static final ProducerIdAndEpoch UNKNOWN_PRODUCER = new ProducerIdAndEpoch(123_456_789_012L, (short) 0);

    /// A partition, as Metadata tells it.
    record Led(int leader, int epoch) {}

    private final long millis;
    private final Map<String, String> topicIds = new TreeMap<>();
    private final Map<String, Led> partitions = new HashMap<>();
    private final Map<String, String> members = new HashMap<>();
    private final Map<String, Integer> generations = new HashMap<>();
    private final Map<String, ProducerIdAndEpoch> producers = new HashMap<>();
    private final Map<String, Integer> sequences = new HashMap<>();
    /// By the order in which they were seen first, which is the same in both systems.
    private final Map<String, String> aliases = new HashMap<>();
    private final Map<String, Integer> aliasCounts = new HashMap<>();

    Memory(long millis) {
        this.millis = millis;
    }

    // ---- requests

    /// The request with everything that was left open.
    JsonNode resolve(JsonNode request) {
        return switch (request) {
            case ObjectNode object -> {
                ObjectNode resolved = object.objectNode();
                object.properties().forEach(entry -> resolved.set(entry.getKey(), resolve(entry.getValue())));
                yield resolved;
            }
            case ArrayNode array -> {
                ArrayNode resolved = array.arrayNode();
                array.forEach(element -> resolved.add(resolve(element)));
                yield resolved;
            }
            case TextNode text -> Symbol.read(text.textValue()).map(this::value).orElse(text);
            default -> request;
        };
    }

    private JsonNode value(Symbol.Open open) {
        String what = open.what();
        return switch (open.symbol()) {
            case TOPIC_ID -> TextNode.valueOf(topicIds.getOrDefault(what, NEVER_AN_ID));
            case LEADER_EPOCH ->
                IntNode.valueOf(partitions.getOrDefault(what, new Led(-1, -1)).epoch());
            case MEMBER -> TextNode.valueOf(members.getOrDefault(what, ""));
            case GENERATION -> IntNode.valueOf(generations.getOrDefault(what, -1));
            case PRODUCER_ID -> LongNode.valueOf(producer(what).producerId);
            case PRODUCER_EPOCH -> IntNode.valueOf(producer(what).epoch);
            case RECORDS -> {
                RecordsMaker.Plan plan = RecordsMaker.Plan.read(what);
                yield BinaryNode.valueOf(RecordsMaker.bytes(plan, producer(plan.transaction()), millis, sequences));
            }
            case SUBSCRIPTION ->
                binary(ConsumerProtocol.serializeSubscription(
                        new ConsumerPartitionAssignor.Subscription(List.of(what))));
            case ASSIGNMENT ->
                binary(ConsumerProtocol.serializeAssignment(
                        new ConsumerPartitionAssignor.Assignment(List.of(new TopicPartition(what, 0)))));
        };
    }

    private ProducerIdAndEpoch producer(String transaction) {
        return producers.getOrDefault(transaction, UNKNOWN_PRODUCER);
    }

    private static BinaryNode binary(ByteBuffer buffer) {
        return BinaryNode.valueOf(Utils.toArray(buffer));
    }

    // ---- what is learned

    /// From an answer to Metadata about all topics.
    void learnTopics(JsonNode metadata) {
        partitions.clear();
        Map<String, JsonNode> byName = new TreeMap<>();
        metadata.path("topics").forEach(topic -> byName.put(topic.path("name").asText(), topic));
        byName.forEach((name, topic) -> {
            topicIds.put(name, topic.path("topicId").asText());
            topic.path("partitions")
                    .forEach(partition -> partitions.put(
                            name + "/" + partition.path("partitionIndex").asInt(),
                            new Led(
                                    partition.path("leaderId").asInt(),
                                    partition.path("leaderEpoch").asInt())));
        });
    }

    Map<String, Led> partitions() {
        return partitions;
    }

    String topicName(String id) {
        return topicIds.entrySet().stream()
                .filter(entry -> entry.getValue().equals(id))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
    }

    /// From any other answer.
    void learn(Focus focus, JsonNode request, JsonNode resolvedRequest, JsonNode answer) {
        if (focus.api() == ApiKeys.PRODUCE) {
            learnSequences(request, answer);
        }
        String slot = focus.group() + "/" + focus.member();
        boolean good = answer.path("errorCode").asInt(-1) == 0;
        if (focus.api() == ApiKeys.JOIN_GROUP || focus.api() == ApiKeys.CONSUMER_GROUP_HEARTBEAT) {
            String member = answer.path("memberId").asText("");
            if (!member.isEmpty() && !member.equals("null")) {
                members.put(slot, member);
            }
            if (good) {
                generations.put(
                        slot,
                        answer.has("generationId")
                                ? answer.path("generationId").asInt()
                                : answer.path("memberEpoch").asInt());
            }
        }
        boolean names = focus.api() == ApiKeys.INIT_PRODUCER_ID || focus.api() == ApiKeys.END_TXN;
        if (names && good && answer.path("producerId").asLong(-1) >= 0) {
            producers.put(
                    Objects.requireNonNullElse(
                            resolvedRequest.path("transactionalId").textValue(), focus.transaction()),
                    new ProducerIdAndEpoch(answer.path("producerId").asLong(), (short)
                            answer.path("producerEpoch").asInt()));
        }
    }

    /// What was appended moves its producer on.
    private void learnSequences(JsonNode request, JsonNode answer) {
        for (JsonNode topic : request.path("topicData")) {
            for (JsonNode sent : topic.path("partitionData")) {
                RecordsMaker.Plan plan = Symbol.read(sent.path("records").asText())
                        .map(open -> RecordsMaker.Plan.read(open.what()))
                        .orElse(null);
                boolean appended = plan != null
                        && answer.findValues("partitionResponses").stream()
                                .flatMap(responses -> StreamSupport.stream(responses.spliterator(), false))
                                .anyMatch(told -> told.path("index").equals(sent.path("index"))
                                        && told.path("errorCode").asInt() == 0);
                if (appended && plan != null && plan.skip() == 0 && plan.writer() != RecordsMaker.Writer.ANYBODY) {
                    sequences.merge(plan.sequenceKey(producer(plan.transaction())), plan.count(), Integer::sum);
                }
            }
        }
    }

    // ---- answers

    /// The answer in words that both systems have in common.
    JsonNode common(JsonNode answer) {
        return common("", answer);
    }

    private JsonNode common(String field, JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                ObjectNode said = object.objectNode();
                object.properties()
                        .forEach(entry -> said.set(entry.getKey(), common(entry.getKey(), entry.getValue())));
                yield said;
            }
            case ArrayNode array -> {
                ArrayNode said = array.arrayNode();
                array.forEach(element -> said.add(common(field, element)));
                yield said;
            }
            case BinaryNode bytes when field.equals("records") -> FetchedBatches.json(bytes.binaryValue(), this);
            case TextNode text
            when field.equals("topicId") ->
                text.textValue().equals(NO_ID) || text.textValue().equals(NEVER_AN_ID)
                        ? text
                        : TextNode.valueOf("topic " + topicName(text.textValue()));
            case TextNode text
            when field.equals("memberId") || field.equals("leader") -> alias("member", text.textValue());
            case LongNode number when field.equals("producerId") -> producerAlias(number.longValue());
            default -> node;
        };
    }

    JsonNode producerAlias(long id) {
        return id <= 0 || id == UNKNOWN_PRODUCER.producerId || id == 987_654_321
                ? LongNode.valueOf(id)
                : alias("producer", Long.toString(id));
    }

    private TextNode alias(String kind, String value) {
        if (value.isEmpty() || value.equals("stranger")) {
            return TextNode.valueOf(value);
        }
        return TextNode.valueOf(aliases.computeIfAbsent(
                kind + " " + value, first -> kind + " " + aliasCounts.merge(kind, 1, Integer::sum)));
    }
}
