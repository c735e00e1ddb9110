// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop.differential;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.net.ConnectException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/// One of the two systems: sends a request where a client would, again while it is told to come again.
final class Target implements AutoCloseable {
    private static final int TRIES = 100;
    private static final int PAUSE_MILLIS = 50;
    /// "Not now" or "not here", of which nothing follows.
    private static final Set<Short> AGAIN = Set.of(
            Errors.COORDINATOR_LOAD_IN_PROGRESS.code(),
            Errors.COORDINATOR_NOT_AVAILABLE.code(),
            Errors.NOT_COORDINATOR.code(),
            Errors.LEADER_NOT_AVAILABLE.code(),
            Errors.NOT_LEADER_OR_FOLLOWER.code(),
            Errors.CONCURRENT_TRANSACTIONS.code(),
            Errors.NOT_ENOUGH_REPLICAS.code());

    /// The node cannot be reached.
    private static final JsonNode AWAY = TextNode.valueOf("away");

    private final Memory memory;
    private final List<String> bootstrap;
    private final Map<Integer, String> addresses = new TreeMap<>();
    private final Map<String, Wire> wires = new HashMap<>();

    Target(String bootstrapServers, long millis) throws IOException, Messages.NotAMessage {
        memory = new Memory(millis);
        bootstrap = List.of(bootstrapServers.split(",", -1));
        learnNodes();
    }

    /// A machine that is short of time may make a fleet replace a broker meanwhile.
    private void learnNodes() throws IOException, Messages.NotAMessage {
        Set<String> known = new LinkedHashSet<>(addresses.values());
        known.addAll(bootstrap);
        for (String address : known) {
            JsonNode metadata = tryOn(address, ApiKeys.METADATA, (short) 12, metadataOfAll());
            if (metadata.path("brokers").size() > 0) {
                addresses.clear();
                metadata.path("brokers")
                        .forEach(broker -> addresses.put(
                                broker.path("nodeId").asInt(),
                                broker.path("host").asText() + ":"
                                        + broker.path("port").asInt()));
                memory.learnTopics(metadata);
                return;
            }
        }
    }

    Memory memory() {
        return memory;
    }

    private static ApiMessage metadataOfAll() throws Messages.NotAMessage {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        all.set("topics", NullNode.instance);
        all.put("allowAutoTopicCreation", false).put("includeTopicAuthorizedOperations", false);
        return Messages.request(ApiKeys.METADATA, (short) 12, all);
    }

    /// Waits a while until all nodes know topics as wanted, and remembers them.
    ///
    /// @return whether they came to
    boolean settle(Predicate<JsonNode> wanted) throws IOException, Messages.NotAMessage, InterruptedException {
        boolean settled = true;
        for (String address : List.copyOf(addresses.values())) {
            JsonNode metadata = on(address, ApiKeys.METADATA, (short) 12, metadataOfAll());
            for (int n = 0; n < TRIES && !wanted.test(metadata); n++) {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                metadata = on(address, ApiKeys.METADATA, (short) 12, metadataOfAll());
            }
            settled &= wanted.test(metadata);
            memory.learnTopics(metadata);
        }
        return settled;
    }

    void spendProducerId() throws IOException, Messages.NotAMessage {
        ObjectNode request = JsonNodeFactory.instance.objectNode().put("transactionTimeoutMs", 60_000);
        request.set("transactionalId", NullNode.instance);
        request.put("producerId", -1).put("producerEpoch", -1);
        on(
                addressOf(any(0)),
                ApiKeys.INIT_PRODUCER_ID,
                (short) 4,
                Messages.request(ApiKeys.INIT_PRODUCER_ID, (short) 4, request));
    }

    JsonNode versions() throws IOException, Messages.NotAMessage {
        ObjectNode hello = JsonNodeFactory.instance.objectNode();
        return on(
                addresses.values().iterator().next(),
                ApiKeys.API_VERSIONS,
                (short) 0,
                Messages.request(ApiKeys.API_VERSIONS, (short) 0, hello));
    }

    /// The node to which a client would send it.
    int nodeFor(Focus focus, int anyNode) throws IOException, Messages.NotAMessage, InterruptedException {
        return switch (focus.api()) {
            case PRODUCE, FETCH, LIST_OFFSETS, OFFSET_FOR_LEADER_EPOCH, DELETE_RECORDS, DESCRIBE_PRODUCERS -> {
                Memory.Led led = memory.partitions().get(focus.topic() + "/" + focus.partition());
                yield led == null ? any(anyNode) : led.leader();
            }
            case JOIN_GROUP,
                    SYNC_GROUP,
                    HEARTBEAT,
                    LEAVE_GROUP,
                    OFFSET_COMMIT,
                    OFFSET_FETCH,
                    OFFSET_DELETE,
                    DESCRIBE_GROUPS,
                    DELETE_GROUPS,
                    TXN_OFFSET_COMMIT,
                    CONSUMER_GROUP_HEARTBEAT,
                    CONSUMER_GROUP_DESCRIBE -> coordinator(focus.group(), 0, anyNode);
            case INIT_PRODUCER_ID, ADD_PARTITIONS_TO_TXN, ADD_OFFSETS_TO_TXN, END_TXN, DESCRIBE_TRANSACTIONS ->
                coordinator(focus.transaction(), 1, anyNode);
            default -> any(anyNode);
        };
    }

    /// Any other's if the node is gone.
    private String addressOf(int node) {
        return requireNonNull(
                addresses.getOrDefault(node, addresses.values().iterator().next()));
    }

    private int any(int number) {
        return (int) addresses.keySet().toArray()[number % addresses.size()];
    }

    private int coordinator(String key, int type, int anyNode)
            throws IOException, Messages.NotAMessage, InterruptedException {
        ObjectNode question = JsonNodeFactory.instance.objectNode().put("keyType", type);
        question.putArray("coordinatorKeys").add(key);
        for (int n = 0; n < TRIES; n++) {
            JsonNode found = on(
                            addressOf(any(anyNode)),
                            ApiKeys.FIND_COORDINATOR,
                            (short) 4,
                            Messages.request(ApiKeys.FIND_COORDINATOR, (short) 4, question))
                    .path("coordinators")
                    .path(0);
            if (found.path("errorCode").asInt() == 0
                    && addresses.containsKey(found.path("nodeId").asInt())) {
                return found.path("nodeId").asInt();
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        return any(anyNode);
    }

    /// @param request with symbols
    JsonNode ask(Focus focus, int anyNode, JsonNode request)
            throws IOException, Messages.NotAMessage, InterruptedException {
        JsonNode resolved = memory.resolve(request);
        var message = Messages.request(focus.api(), focus.version(), resolved);
        JsonNode answer = MissingNode.getInstance();
        String asked = "";
        for (int n = 0; n < TRIES; n++) {
            asked = addressOf(nodeFor(focus, anyNode));
            answer = on(asked, focus.api(), focus.version(), message);
            if (!toldToComeAgain(answer)) {
                break;
            }
            if (n % 10 == 9) {
                learnNodes();
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        if (answer instanceof ObjectNode told
                && (focus.api() == ApiKeys.LIST_GROUPS || focus.api() == ApiKeys.LIST_TRANSACTIONS)) {
            for (String address : List.copyOf(addresses.values())) {
                if (!address.equals(asked)) {
                    JsonNode others = on(address, focus.api(), focus.version(), message);
                    add(told, others, "groups");
                    add(told, others, "transactionStates");
                }
            }
        }
        memory.learn(focus, request, resolved, answer);
        return memory.common(answer);
    }

    /// Each node lists what it coordinates.
    private static void add(ObjectNode told, JsonNode others, String list) {
        if (told.get(list) instanceof ArrayNode array && others.path(list) instanceof ArrayNode more) {
            array.addAll(more);
        }
    }

    private static boolean toldToComeAgain(JsonNode answer) {
        return answer.equals(AWAY)
                || answer.findValues("errorCode").stream().anyMatch(code -> AGAIN.contains(code.shortValue()));
    }

    private JsonNode on(String address, ApiKeys api, short version, ApiMessage message)
            throws IOException, Messages.NotAMessage {
        JsonNode answer = tryOn(address, api, version, message);
        if (answer.equals(AWAY)) {
            learnNodes();
        }
        return answer;
    }

    private JsonNode tryOn(String address, ApiKeys api, short version, ApiMessage message)
            throws IOException, Messages.NotAMessage {
        Wire wire;
        try {
            wire = wire(address);
        } catch (ConnectException nobody) {
            return AWAY;
        }
        JsonNode answer = wire.ask(api, version, message);
        if (answer.equals(Wire.CLOSED) || answer.equals(Wire.NO_ANSWER)) {
            wires.remove(address);
            wire.close();
        }
        return answer;
    }

    private Wire wire(String address) throws IOException {
        Wire known = wires.get(address);
        if (known == null) {
            int colon = address.lastIndexOf(':');
            known = new Wire(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
            wires.put(address, known);
        }
        return known;
    }

    @Override
    public void close() throws IOException {
        for (Wire wire : wires.values()) {
            wire.close();
        }
    }
}
