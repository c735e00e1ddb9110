// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.broker.coordinator.GroupHandlers;
import io.penstock.broker.coordinator.GroupHome;
import io.penstock.broker.testing.TestCluster;
import io.penstock.broker.testing.TestRuntime;
import io.penstock.broker.transactions.TransactionEnlistment;
import io.penstock.broker.transactions.TransactionHandlers;
import io.penstock.broker.transactions.TransactionHome;
import io.penstock.broker.transactions.TransactionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.Test;

/// Keeps `docs/kafka-apis.md` true: made from what a broker advertises. `-Dpenstock.docs.write=true` writes it anew.
class KafkaApisPageTest {
    private static final Path PAGE = Path.of("../../docs/kafka-apis.md");

    private static final String TOKENS =
            "delegation tokens are not issued: service accounts have credentials of their own";
    private static final String SHARE = "share groups are not served; their state machine needs a later Kafka library";

    private static final Map<ApiKeys, String> NOT_SERVED = new EnumMap<>(Map.ofEntries(
            Map.entry(ApiKeys.CREATE_DELEGATION_TOKEN, TOKENS),
            Map.entry(ApiKeys.RENEW_DELEGATION_TOKEN, TOKENS),
            Map.entry(ApiKeys.EXPIRE_DELEGATION_TOKEN, TOKENS),
            Map.entry(ApiKeys.DESCRIBE_DELEGATION_TOKEN, TOKENS),
            Map.entry(ApiKeys.SHARE_GROUP_HEARTBEAT, SHARE),
            Map.entry(ApiKeys.SHARE_GROUP_DESCRIBE, SHARE),
            Map.entry(ApiKeys.SHARE_FETCH, SHARE),
            Map.entry(ApiKeys.SHARE_ACKNOWLEDGE, SHARE),
            Map.entry(ApiKeys.INITIALIZE_SHARE_GROUP_STATE, SHARE),
            Map.entry(ApiKeys.READ_SHARE_GROUP_STATE, SHARE),
            Map.entry(ApiKeys.WRITE_SHARE_GROUP_STATE, SHARE),
            Map.entry(ApiKeys.DELETE_SHARE_GROUP_STATE, SHARE),
            Map.entry(ApiKeys.READ_SHARE_GROUP_STATE_SUMMARY, SHARE),
            Map.entry(ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS, SHARE),
            Map.entry(ApiKeys.ALTER_SHARE_GROUP_OFFSETS, SHARE),
            Map.entry(ApiKeys.DELETE_SHARE_GROUP_OFFSETS, SHARE),
            Map.entry(ApiKeys.ALTER_REPLICA_LOG_DIRS, "brokers have no log directories: nothing local is durable"),
            Map.entry(ApiKeys.ADD_RAFT_VOTER, "no quorum: metadata are in the bucket"),
            Map.entry(ApiKeys.REMOVE_RAFT_VOTER, "no quorum: metadata are in the bucket"),
            Map.entry(ApiKeys.UNREGISTER_BROKER, "brokers belong to the control plane")));

    private static Set<ApiKeys> served() {
        try (TestRuntime runtime = new TestRuntime()) {
            TestCluster cluster = new TestCluster(runtime, TestCluster.settings(1, false));
            TopicAutoCreation creation = new TopicAutoCreation(cluster);
            PeerBrokers nobody = (broker, request) -> CompletableFuture.failedFuture(new IOException("nobody"));
            TransactionGate gate = new TransactionEnlistment(cluster, nobody);
            GroupHome groups = new GroupHome(cluster, creation, gate, runtime);
            TransactionHome transactions =
                    new TransactionHome(cluster, creation, runtime, nobody, TransactionSettings.defaults());
            List<RequestHandler> handlers =
                    new ArrayList<>(StandardHandlers.of(cluster, creation, gate, runtime, runtime.workers()));
            handlers.addAll(GroupHandlers.of(groups));
            handlers.addAll(TransactionHandlers.of(transactions, groups));
            Set<ApiKeys> served = new RequestRouter(cluster, handlers).served();
            groups.close();
            transactions.close();
            return served;
        }
    }

    private static String page(Set<ApiKeys> served) {
        List<ApiKeys> all = ApiKeys.apisForListener(ListenerType.BROKER).stream()
                .sorted(Comparator.comparingInt(api -> api.id))
                .toList();
        StringBuilder page = new StringBuilder();
        page.append("# Kafka's APIs, and which of them Penstock serves\n\nMade from what a broker advertises in")
                .append(" ApiVersions, with the protocol of Kafka ")
                .append(AppInfoParser.getVersion())
                .append(": `./mvnw -pl data-plane/broker -am test -Dtest=KafkaApisPageTest -Dpenstock.docs.write=true`")
                .append(" writes it anew, and the same test fails while it is not true.\n\n## Served\n\n")
                .append("| API | key | versions |\n|---|---|---|\n");
        all.stream()
                .filter(served::contains)
                .forEach(api -> page.append("| %s | %d | %d to %d |%n"
                        .formatted(api.name, api.id, api.oldestVersion(), api.latestVersion(false))));
        page.append("\n## Not served\n\n| API | key | why |\n|---|---|---|\n");
        all.stream()
                .filter(api -> !served.contains(api))
                .forEach(api -> page.append(
                        "| %s | %d | %s |%n".formatted(api.name, api.id, NOT_SERVED.getOrDefault(api, "?"))));
        return page.toString();
    }

    @Test
    void thePageSaysWhatABrokerAdvertises() throws IOException {
        String page = page(served());
        if (Boolean.getBoolean("penstock.docs.write")) {
            Files.writeString(PAGE, page);
        }

        assertThat(Files.readString(PAGE)).isEqualTo(page);
    }

    @Test
    void whatIsNotServedHasAReason() {
        Set<ApiKeys> served = served();

        assertThat(ApiKeys.apisForListener(ListenerType.BROKER))
                .filteredOn(api -> !served.contains(api))
                .allSatisfy(api -> assertThat(NOT_SERVED).containsKey(api));
        assertThat(NOT_SERVED).doesNotContainKeys(served.toArray(ApiKeys[]::new));
    }
}
