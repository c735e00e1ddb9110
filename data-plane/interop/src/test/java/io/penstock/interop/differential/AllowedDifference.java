// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop.differential;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;

/// Where Penstock may answer otherwise than Apache Kafka, and why. Everything else is a fault of one of
/// the two.
enum AllowedDifference {
    WORDS("[^.]+\\..*[mM]essage", "messages are for people, and say what to do here"),
    THROTTLE("[^.]+\\.throttleTimeMs", "how long to wait depends on load"),
    NODES(
            ".*\\.(nodeId|host|port|rack|leaderId|controllerId|brokerId|brokerEpoch|preferredReadReplica)",
            "other machines"),
    NODE_LISTS(
            "[^.]+\\.(brokers|.*(replicaNodes|isrNodes|eligibleLeaderReplicas|lastKnownElr|offlineReplicas))\\[\\]",
            "the fleet has three brokers here and one there; leaders are all the replicas that a partition has"),
    LEADERS("[^.]+\\..*currentLeader.*", "leader and epoch are this system's"),
    ENDPOINTS("[^.]+\\.nodeEndpoints.*", "other machines"),
    CLUSTER_ID("[^.]+\\.clusterId", "another cluster"),
    LEADER_EPOCHS(
            "[^.]+\\..*\\.(leaderEpoch|coordinatorEpoch)",
            "epochs are numbers of metalog entries: they grow, but not by one"),
    SESSIONS(
            "Fetch\\.sessionId",
            "numbers are drawn; a session about nothing is not kept",
            (penstock, kafka) -> kafka.asInt() > 0),
    NO_PARTITIONS(
            "[^.]+\\.(topics|responses)\\[\\]",
            "a topic that was named without a partition is named in the answer, too",
            (penstock, kafka) -> kafka.isMissingNode()
                    && (penstock.path("partitions").isEmpty()
                            && penstock.path("partitionResponses").isEmpty())),
    LAST_TIMESTAMPS(
            "DescribeProducers\\..*\\.lastTimestamp",
            "a producer is forgotten by the brokers' clock, not by what clients say, so that is what is told"),
    EPOCHS_OF_A_TAKEOVER(
            "[^.]+\\..*producerEpoch",
            "who takes an id over whose transaction is open gets the epoch that ended it: one less than Apache Kafka's",
            (penstock, kafka) -> penstock.asInt() == kafka.asInt() - 1),
    OFFSETS_WITH_AN_ERROR(
            "Produce\\..*\\.logStartOffset",
            "an answer that tells an error tells no offset",
            (penstock, kafka) -> penstock.asInt() == -1),
    ACKS_AND_MORE(
            "Produce\\..*\\.errorCode",
            "of two faults Penstock tells that acks is none first",
            (penstock, kafka) -> penstock.asInt() == 21),
    COUNTS_OF_NEW_TOPICS(
            "CreateTopics\\..*\\.errorCode",
            "of two faults Penstock tells the partitions' number first",
            (penstock, kafka) -> penstock.asInt() == 37 && Set.of(38, 40).contains(kafka.asInt())),
    PLACES_OF_NEW_PARTITIONS(
            "CreatePartitions\\..*\\.errorCode",
            "which broker leads is Penstock's to decide: an assignment is not looked at",
            (penstock, kafka) -> penstock.asInt() == 0 && kafka.asInt() == 39),
    CONFIGS_OF_NOTHING(
            "IncrementalAlterConfigs\\..*\\.errorCode",
            "of two faults Penstock tells that the topic is missing first",
            (penstock, kafka) -> penstock.asInt() == 3 && kafka.asInt() == 40),
    UNVERIFIED_AND_DAMAGED(
            "Produce\\..*\\.errorCode",
            "of two faults Apache Kafka tells that the transaction is not known, Penstock that the bytes are damaged",
            (penstock, kafka) -> Set.of(2, 87, 76, 43).contains(penstock.asInt())
                    && Set.of(48, 49, 47, 90, 120).contains(kafka.asInt())),
    TRANSACTION_STARTS("DescribeTransactions\\..*\\.transactionStartTimeMs", "each by its own clock"),
    SYNONYMS(
            "DescribeConfigs\\..*\\.synonyms\\[\\].*",
            "there are no settings of brokers behind those of topics: a default is the topic's own"),
    MIN_INSYNC(
            ".*\\.configSource",
            "a cluster-wide min.insync.replicas comes with eligible leader replicas (KIP-966), of which there are none",
            (penstock, kafka) -> penstock.asInt() == 5 && kafka.asInt() == 3),
    ACL_FOR_ANY(
            "CreateAcls\\.results\\[\\].errorCode",
            "ANY in an ACL is an invalid request; Apache Kafka fails for all of them with an unknown error",
            (penstock, kafka) -> kafka.asInt() == -1),
    SHARE_COORDINATORS(
            "FindCoordinator\\..*errorCode",
            "share groups are not served",
            (penstock, kafka) -> penstock.asInt() == 35),
    SERVED("ApiVersions\\..*", "what is served is told by docs/kafka-apis.md");

    private final Pattern path;
    private final String why;
    // What it holds are functions without state.
    @SuppressWarnings("ImmutableEnumChecker")
    private final BiPredicate<JsonNode, JsonNode> when;

    AllowedDifference(String path, String why) {
        this(path, why, (penstock, kafka) -> true);
    }

    /// @param when with Penstock's answer and Apache Kafka's
    AllowedDifference(String path, String why, BiPredicate<JsonNode, JsonNode> when) {
        this.path = Pattern.compile(path);
        this.why = why;
        this.when = when;
    }

    static boolean covers(String path, JsonNode penstock, JsonNode kafka) {
        for (AllowedDifference allowed : values()) {
            if (allowed.path.matcher(path).matches() && allowed.when.test(penstock, kafka)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return name() + ": " + why;
    }
}
