// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.authorization;

import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.CLUSTER_ACTION;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.IDEMPOTENT_WRITE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.kafka.protocol.TopicNames;
import io.penstock.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnPartitionResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnTopicResult;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AddOffsetsToTxnRequest;
import org.apache.kafka.common.requests.AddPartitionsToTxnRequest;
import org.apache.kafka.common.requests.AddPartitionsToTxnResponse;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterConfigsResponse;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;
import org.apache.kafka.common.requests.ConsumerGroupDescribeResponse;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreatePartitionsResponse;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DeleteGroupsResponse;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteRecordsResponse;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DeleteTopicsResponse;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.requests.DescribeProducersRequest;
import org.apache.kafka.common.requests.DescribeProducersResponse;
import org.apache.kafka.common.requests.DescribeTransactionsRequest;
import org.apache.kafka.common.requests.DescribeTransactionsResponse;
import org.apache.kafka.common.requests.EndTxnRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsResponse;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.ListGroupsResponse;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.ListTransactionsResponse;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.StreamsGroupDescribeRequest;
import org.apache.kafka.common.requests.StreamsGroupDescribeResponse;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatRequest;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatResponse;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.TxnOffsetCommitRequest;
import org.apache.kafka.common.requests.TxnOffsetCommitResponse;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/// What each API needs, as Apache Kafka has it. An API without a line here is not served: the router does not start.
public final class AccessRules {
    /// Everybody may, also who has not said yet who he is.
    private static final AccessRule NOTHING = (exchange, access, image) -> AccessRule.ADMITTED;

    /// What is asked shows only while it is answered (sessions, all topics): the handler asks [AccessControl] itself.
    private static final AccessRule IN_HANDLER = NOTHING;

    private static final Map<ApiKeys, AccessRule> RULES = rules();

    private AccessRules() {}

    /// The rule of an API; empty if nobody has said what it needs.
    public static Optional<AccessRule> of(ApiKeys api) {
        return Optional.ofNullable(RULES.get(api));
    }

    private static Map<ApiKeys, AccessRule> rules() {
        Map<ApiKeys, AccessRule> rules = new EnumMap<>(ApiKeys.class);
        rules.put(ApiKeys.API_VERSIONS, NOTHING);
        rules.put(ApiKeys.SASL_HANDSHAKE, NOTHING);
        rules.put(ApiKeys.SASL_AUTHENTICATE, NOTHING);

        rules.put(ApiKeys.PRODUCE, transactionalProduce().and(produce()));
        rules.put(ApiKeys.FETCH, IN_HANDLER);
        rules.put(ApiKeys.LIST_OFFSETS, listOffsets());
        rules.put(ApiKeys.OFFSET_FOR_LEADER_EPOCH, offsetForLeaderEpoch());
        rules.put(ApiKeys.DELETE_RECORDS, deleteRecords());
        rules.put(ApiKeys.INIT_PRODUCER_ID, initProducerId());

        rules.put(ApiKeys.METADATA, IN_HANDLER);
        rules.put(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, IN_HANDLER);
        rules.put(ApiKeys.DESCRIBE_CLUSTER, NOTHING);
        rules.put(ApiKeys.CREATE_TOPICS, createTopics());
        rules.put(ApiKeys.CREATE_PARTITIONS, createPartitions());
        rules.put(ApiKeys.DELETE_TOPICS, deleteTopics());
        rules.put(ApiKeys.DESCRIBE_CONFIGS, describeConfigs());
        rules.put(ApiKeys.INCREMENTAL_ALTER_CONFIGS, incrementalAlterConfigs());

        rules.put(ApiKeys.FIND_COORDINATOR, findCoordinator());
        rules.put(
                ApiKeys.JOIN_GROUP,
                group(READ, JoinGroupRequest.class, request -> request.data().groupId()));
        rules.put(
                ApiKeys.SYNC_GROUP,
                group(READ, SyncGroupRequest.class, request -> request.data().groupId()));
        rules.put(
                ApiKeys.HEARTBEAT,
                group(READ, HeartbeatRequest.class, request -> request.data().groupId()));
        rules.put(
                ApiKeys.LEAVE_GROUP,
                group(READ, LeaveGroupRequest.class, request -> request.data().groupId()));
        rules.put(ApiKeys.LIST_GROUPS, listGroups());
        rules.put(ApiKeys.DESCRIBE_GROUPS, describeGroups());
        rules.put(ApiKeys.DELETE_GROUPS, deleteGroups());
        rules.put(
                ApiKeys.OFFSET_COMMIT,
                group(READ, OffsetCommitRequest.class, request -> request.data().groupId())
                        .and(offsetCommit()));
        rules.put(ApiKeys.OFFSET_FETCH, offsetFetch());
        rules.put(
                ApiKeys.OFFSET_DELETE,
                group(
                                DELETE,
                                OffsetDeleteRequest.class,
                                request -> request.data().groupId())
                        .and(offsetDelete()));
        rules.put(
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                group(
                                READ,
                                ConsumerGroupHeartbeatRequest.class,
                                request -> request.data().groupId())
                        .and(subscribedTopics()));
        rules.put(ApiKeys.CONSUMER_GROUP_DESCRIBE, consumerGroupDescribe());
        rules.put(
                ApiKeys.STREAMS_GROUP_HEARTBEAT,
                group(
                                READ,
                                StreamsGroupHeartbeatRequest.class,
                                request -> request.data().groupId())
                        .and(topologysTopics()));
        rules.put(ApiKeys.STREAMS_GROUP_DESCRIBE, streamsGroupDescribe());

        rules.put(ApiKeys.ADD_PARTITIONS_TO_TXN, addPartitionsToTransaction());
        rules.put(
                ApiKeys.ADD_OFFSETS_TO_TXN,
                transaction(
                                AddOffsetsToTxnRequest.class,
                                request -> request.data().transactionalId())
                        .and(group(
                                READ,
                                AddOffsetsToTxnRequest.class,
                                request -> request.data().groupId())));
        rules.put(
                ApiKeys.END_TXN,
                transaction(EndTxnRequest.class, request -> request.data().transactionalId()));
        rules.put(
                ApiKeys.TXN_OFFSET_COMMIT,
                transaction(
                                TxnOffsetCommitRequest.class,
                                request -> request.data().transactionalId())
                        .and(group(
                                READ,
                                TxnOffsetCommitRequest.class,
                                request -> request.data().groupId()))
                        .and(transactionalOffsetCommit()));
        rules.put(ApiKeys.WRITE_TXN_MARKERS, writeMarkers());
        rules.put(ApiKeys.DESCRIBE_PRODUCERS, describeProducers());
        rules.put(ApiKeys.DESCRIBE_TRANSACTIONS, describeTransactions());
        rules.put(ApiKeys.LIST_TRANSACTIONS, listTransactions());

        rules.put(ApiKeys.DESCRIBE_ACLS, cluster(DESCRIBE));
        rules.put(ApiKeys.CREATE_ACLS, cluster(ALTER));
        rules.put(ApiKeys.DELETE_ACLS, cluster(ALTER));
        rules.put(ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS, cluster(DESCRIBE));
        rules.put(ApiKeys.ALTER_USER_SCRAM_CREDENTIALS, cluster(ALTER));
        rules.put(ApiKeys.DESCRIBE_CLIENT_QUOTAS, cluster(DESCRIBE_CONFIGS));
        rules.put(ApiKeys.ALTER_CLIENT_QUOTAS, cluster(ALTER_CONFIGS));
        rules.put(ApiKeys.ALTER_CONFIGS, alterConfigs());
        rules.put(ApiKeys.LIST_CONFIG_RESOURCES, cluster(DESCRIBE_CONFIGS));
        rules.put(ApiKeys.DESCRIBE_LOG_DIRS, cluster(DESCRIBE));
        rules.put(ApiKeys.ELECT_LEADERS, cluster(ALTER));
        rules.put(ApiKeys.ALTER_PARTITION_REASSIGNMENTS, cluster(ALTER));
        rules.put(ApiKeys.LIST_PARTITION_REASSIGNMENTS, cluster(DESCRIBE));
        rules.put(ApiKeys.UPDATE_FEATURES, cluster(ALTER));
        rules.put(ApiKeys.DESCRIBE_QUORUM, cluster(DESCRIBE));
        // As in Kafka: whoever may connect may say how it fares.
        rules.put(ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS, NOTHING);
        rules.put(ApiKeys.PUSH_TELEMETRY, NOTHING);
        return rules;
    }

    // ---- whole requests

    private static AccessRule cluster(AclOperation operation) {
        return (exchange, access, image) -> access.allowsOnCluster(exchange.context(), operation)
                ? AccessRule.ADMITTED
                : refused(exchange, Errors.CLUSTER_AUTHORIZATION_FAILED);
    }

    private static <R extends AbstractRequest> AccessRule group(
            AclOperation operation, Class<R> type, Function<R, String> groupId) {
        return (exchange, access, image) ->
                access.allowsOnGroup(exchange.context(), operation, groupId.apply(exchange.body(type)))
                        ? AccessRule.ADMITTED
                        : refused(exchange, Errors.GROUP_AUTHORIZATION_FAILED);
    }

    private static <R extends AbstractRequest> AccessRule transaction(Class<R> type, Function<R, String> id) {
        return (exchange, access, image) ->
                access.allows(exchange.context(), WRITE, ResourceType.TRANSACTIONAL_ID, id.apply(exchange.body(type)))
                        ? AccessRule.ADMITTED
                        : refused(exchange, Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    }

    private static AccessRule.Verdict refused(RequestExchange exchange, Errors error) {
        AbstractResponse response = exchange.body().getErrorResponse(0, error.exception());
        return new AccessRule.Verdict.Refused(
                response == null ? new Reply.Hangup("not authorized: " + error) : Reply.of(response));
    }

    private static AccessRule.Verdict then(UnaryOperator<Reply> complete) {
        return new AccessRule.Verdict.Admitted(complete);
    }

    // ---- records

    private static AccessRule transactionalProduce() {
        return (exchange, access, image) -> {
            String id = exchange.body(ProduceRequest.class).data().transactionalId();
            return id == null || access.allows(exchange.context(), WRITE, ResourceType.TRANSACTIONAL_ID, id)
                    ? AccessRule.ADMITTED
                    : refused(exchange, Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        };
    }

    private static AccessRule produce() {
        return Parts.<ProduceRequestData.TopicProduceData>judged(
                request -> ((ProduceRequest) request).data().topicData(),
                onTopic(WRITE, ProduceRequestData.TopicProduceData::name, ProduceRequestData.TopicProduceData::topicId),
                // Not the request's own error response: it would remember the refused partitions as its only ones.
                AccessRules::produceRefusal,
                (answer, refusal) -> Parts.move(
                        ((ProduceResponse) refusal).data().responses(),
                        ((ProduceResponse) answer).data().responses()));
    }

    private static @Nullable AbstractResponse produceRefusal(RequestExchange exchange, Errors error) {
        ProduceRequestData request = exchange.body(ProduceRequest.class).data();
        if (request.acks() == 0) {
            return null;
        }
        ProduceResponseData refusal = new ProduceResponseData();
        for (ProduceRequestData.TopicProduceData topic : request.topicData()) {
            TopicProduceResponse told =
                    new TopicProduceResponse().setName(topic.name()).setTopicId(topic.topicId());
            topic.partitionData()
                    .forEach(partition -> told.partitionResponses()
                            .add(new PartitionProduceResponse()
                                    .setIndex(partition.index())
                                    .setErrorCode(error.code())
                                    .setBaseOffset(ProduceResponse.INVALID_OFFSET)
                                    .setLogStartOffset(ProduceResponse.INVALID_OFFSET)));
            refusal.responses().add(told);
        }
        return new ProduceResponse(refusal);
    }

    private static AccessRule listOffsets() {
        return Parts.judged(
                request -> ((ListOffsetsRequest) request).data().topics(),
                onTopic(DESCRIBE, topic -> topic.name()),
                (answer, refusal) -> ((ListOffsetsResponse) answer)
                        .data()
                        .setTopics(joined(
                                ((ListOffsetsResponse) answer).data().topics(),
                                ((ListOffsetsResponse) refusal).data().topics())));
    }

    private static AccessRule offsetForLeaderEpoch() {
        return Parts.judged(
                request -> ((OffsetsForLeaderEpochRequest) request).data().topics(),
                onTopic(DESCRIBE, topic -> topic.topic()),
                (answer, refusal) -> Parts.move(
                        ((OffsetsForLeaderEpochResponse) refusal).data().topics(),
                        ((OffsetsForLeaderEpochResponse) answer).data().topics()));
    }

    private static AccessRule deleteRecords() {
        return Parts.judged(
                request -> ((DeleteRecordsRequest) request).data().topics(),
                onTopic(DELETE, topic -> topic.name()),
                (answer, refusal) -> Parts.move(
                        ((DeleteRecordsResponse) refusal).data().topics(),
                        ((DeleteRecordsResponse) answer).data().topics()));
    }

    /// Whoever may write somewhere may do so idempotently (KIP-679).
    private static AccessRule initProducerId() {
        return (exchange, access, image) -> {
            String id = exchange.body(InitProducerIdRequest.class).data().transactionalId();
            if (id != null) {
                return access.allows(exchange.context(), WRITE, ResourceType.TRANSACTIONAL_ID, id)
                        ? AccessRule.ADMITTED
                        : refused(exchange, Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
            }
            return access.allowsOnCluster(exchange.context(), IDEMPOTENT_WRITE)
                            || access.allowsOnSome(exchange.context(), WRITE, ResourceType.TOPIC)
                    ? AccessRule.ADMITTED
                    : refused(exchange, Errors.CLUSTER_AUTHORIZATION_FAILED);
        };
    }

    // ---- topics and configs

    private static AccessRule createTopics() {
        AccessRule creatable = Parts.<CreatableTopic>judged(
                request -> ((CreateTopicsRequest) request).data().topics(),
                (topic, exchange, access, image) -> when(
                        !access.allowsOnCluster(exchange.context(), CREATE)
                                && !access.allowsOnTopic(exchange.context(), CREATE, topic.name()),
                        Errors.TOPIC_AUTHORIZATION_FAILED),
                (exchange, error) -> {
                    CreateTopicsResponseData refusal = new CreateTopicsResponseData();
                    exchange.body(CreateTopicsRequest.class)
                            .data()
                            .topics()
                            .forEach(topic -> refusal.topics()
                                    .add(new CreatableTopicResult()
                                            .setName(topic.name())
                                            .setErrorCode(error.code())
                                            .setErrorMessage("Authorization failed.")));
                    return new CreateTopicsResponse(refusal);
                },
                (answer, refusal) -> Parts.move(
                        ((CreateTopicsResponse) refusal).data().topics(),
                        ((CreateTopicsResponse) answer).data().topics()));
        return creatable.and((exchange, access, image) -> then(reply -> {
            if (reply instanceof Reply.Answer(CreateTopicsResponse answer)) {
                hideConfigs(answer, exchange, access);
            }
            return reply;
        }));
    }

    /// Who may create a topic may not always see what it is set to.
    private static void hideConfigs(CreateTopicsResponse answer, RequestExchange exchange, AccessControl access) {
        for (CreatableTopicResult topic : answer.data().topics()) {
            if (topic.errorCode() == Errors.NONE.code()
                    && !access.allowsOnTopic(exchange.context(), DESCRIBE_CONFIGS, topic.name())) {
                topic.setTopicConfigErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                        .setNumPartitions(-1)
                        .setReplicationFactor((short) -1)
                        .setConfigs(List.of());
            }
        }
    }

    private static AccessRule createPartitions() {
        return Parts.judged(
                request -> ((CreatePartitionsRequest) request).data().topics(),
                onTopic(ALTER, topic -> topic.name()),
                (answer, refusal) -> ((CreatePartitionsResponse) answer)
                        .data()
                        .setResults(joined(
                                ((CreatePartitionsResponse) answer).data().results(),
                                ((CreatePartitionsResponse) refusal).data().results())));
    }

    /// A topic that the principal cannot even describe must look the same whether it is there or not.
    private static AccessRule deleteTopics() {
        return (exchange, access, image) -> {
            DeleteTopicsRequestData request =
                    exchange.body(DeleteTopicsRequest.class).data();
            if (access.allowsOnCluster(exchange.context(), DELETE)) {
                return AccessRule.ADMITTED;
            }
            List<DeletableTopicResult> refused = new ArrayList<>();
            List<String> names = new ArrayList<>(request.topicNames());
            names.removeIf(name -> refusedByName(exchange, access, image, name, refused));
            List<DeleteTopicState> topics = new ArrayList<>(request.topics());
            topics.removeIf(topic -> topic.name() != null
                    ? refusedByName(exchange, access, image, topic.name(), refused)
                    : refusedById(exchange, access, image, topic.topicId(), refused));
            if (refused.isEmpty()) {
                return AccessRule.ADMITTED;
            }
            request.setTopicNames(names).setTopics(topics);
            if (names.isEmpty() && topics.isEmpty()) {
                DeleteTopicsResponseData none = new DeleteTopicsResponseData();
                none.responses().addAll(refused);
                return new AccessRule.Verdict.Refused(Reply.of(new DeleteTopicsResponse(none)));
            }
            return then(reply -> {
                if (reply instanceof Reply.Answer(DeleteTopicsResponse answer)) {
                    answer.data().responses().addAll(refused);
                }
                return reply;
            });
        };
    }

    private static boolean refusedByName(
            RequestExchange exchange,
            AccessControl access,
            ClusterImage image,
            String name,
            List<DeletableTopicResult> refused) {
        boolean known = image.topicId(name).isPresent();
        // Of a topic that is not there, who may describe it is told so by the handler.
        boolean allowed = access.allowsOnTopic(exchange.context(), known ? DELETE : DESCRIBE, name);
        if (!allowed) {
            refused.add(new DeletableTopicResult()
                    .setName(name)
                    .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                    .setErrorMessage(Errors.TOPIC_AUTHORIZATION_FAILED.message()));
        }
        return !allowed;
    }

    private static boolean refusedById(
            RequestExchange exchange,
            AccessControl access,
            ClusterImage image,
            Uuid id,
            List<DeletableTopicResult> refused) {
        Optional<String> name = image.topicName(id);
        if (name.isEmpty() || access.allowsOnTopic(exchange.context(), DELETE, name.get())) {
            return false;
        }
        refused.add(new DeletableTopicResult()
                .setName(access.allowsOnTopic(exchange.context(), DESCRIBE, name.get()) ? name.get() : null)
                .setTopicId(id)
                .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                .setErrorMessage(Errors.TOPIC_AUTHORIZATION_FAILED.message()));
        return true;
    }

    private static AccessRule describeConfigs() {
        return Parts.judged(
                request -> ((DescribeConfigsRequest) request).data().resources(),
                (resource, exchange, access, image) ->
                        onConfigs(exchange, access, DESCRIBE_CONFIGS, resource.resourceType(), resource.resourceName()),
                (answer, refusal) -> ((DescribeConfigsResponse) answer)
                        .data()
                        .setResults(joined(
                                ((DescribeConfigsResponse) answer).data().results(),
                                ((DescribeConfigsResponse) refusal).data().results())));
    }

    private static AccessRule alterConfigs() {
        return Parts.judged(
                request -> ((AlterConfigsRequest) request).data().resources(),
                (resource, exchange, access, image) ->
                        onConfigs(exchange, access, ALTER_CONFIGS, resource.resourceType(), resource.resourceName()),
                (answer, refusal) -> ((AlterConfigsResponse) answer)
                        .data()
                        .setResponses(joined(
                                ((AlterConfigsResponse) answer).data().responses(),
                                ((AlterConfigsResponse) refusal).data().responses())));
    }

    private static AccessRule incrementalAlterConfigs() {
        return Parts.judged(
                request -> ((IncrementalAlterConfigsRequest) request).data().resources(),
                (resource, exchange, access, image) ->
                        onConfigs(exchange, access, ALTER_CONFIGS, resource.resourceType(), resource.resourceName()),
                (answer, refusal) -> ((IncrementalAlterConfigsResponse) answer)
                        .data()
                        .setResponses(joined(
                                ((IncrementalAlterConfigsResponse) answer)
                                        .data()
                                        .responses(),
                                ((IncrementalAlterConfigsResponse) refusal)
                                        .data()
                                        .responses())));
    }

    /// Kinds of things that have no configs here are the handler's to refuse.
    private static Optional<Errors> onConfigs(
            RequestExchange exchange, AccessControl access, AclOperation operation, byte type, String name) {
        return switch (ConfigResource.Type.forId(type)) {
            case TOPIC ->
                when(!access.allowsOnTopic(exchange.context(), operation, name), Errors.TOPIC_AUTHORIZATION_FAILED);
            case GROUP ->
                when(!access.allowsOnGroup(exchange.context(), operation, name), Errors.GROUP_AUTHORIZATION_FAILED);
            case BROKER, BROKER_LOGGER, CLIENT_METRICS ->
                when(!access.allowsOnCluster(exchange.context(), operation), Errors.CLUSTER_AUTHORIZATION_FAILED);
            case UNKNOWN -> Optional.empty();
        };
    }

    // ---- groups

    private static AccessRule findCoordinator() {
        AccessRule batched = Parts.judged(
                request -> ((FindCoordinatorRequest) request).data().coordinatorKeys(),
                (key, exchange, access, image) -> onCoordinator(exchange, access, key),
                (answer, refusal) -> ((FindCoordinatorResponse) answer)
                        .data()
                        .setCoordinators(joined(
                                ((FindCoordinatorResponse) answer).data().coordinators(),
                                ((FindCoordinatorResponse) refusal).data().coordinators())));
        return (exchange, access, image) -> {
            if (exchange.version() >= FindCoordinatorRequest.MIN_BATCHED_VERSION) {
                return batched.judge(exchange, access, image);
            }
            String key = exchange.body(FindCoordinatorRequest.class).data().key();
            return onCoordinator(exchange, access, key)
                    .map(error -> refused(exchange, error))
                    .orElse(AccessRule.ADMITTED);
        };
    }

    private static Optional<Errors> onCoordinator(RequestExchange exchange, AccessControl access, String key) {
        byte type = exchange.body(FindCoordinatorRequest.class).data().keyType();
        if (type == CoordinatorType.GROUP.id()) {
            return when(!access.allowsOnGroup(exchange.context(), DESCRIBE, key), Errors.GROUP_AUTHORIZATION_FAILED);
        }
        if (type == CoordinatorType.TRANSACTION.id()) {
            return when(
                    !access.allows(exchange.context(), DESCRIBE, ResourceType.TRANSACTIONAL_ID, key),
                    Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        }
        return when(!access.allowsOnCluster(exchange.context(), CLUSTER_ACTION), Errors.CLUSTER_AUTHORIZATION_FAILED);
    }

    private static AccessRule listGroups() {
        return (exchange, access, image) -> access.allowsOnCluster(exchange.context(), DESCRIBE)
                ? AccessRule.ADMITTED
                : then(reply -> {
                    if (reply instanceof Reply.Answer(ListGroupsResponse answer)) {
                        answer.data()
                                .setGroups(answer.data().groups().stream()
                                        .filter(group ->
                                                access.allowsOnGroup(exchange.context(), DESCRIBE, group.groupId()))
                                        .toList());
                    }
                    return reply;
                });
    }

    private static AccessRule describeGroups() {
        return Parts.judged(
                request -> ((DescribeGroupsRequest) request).data().groups(),
                onGroup(DESCRIBE),
                (answer, refusal) -> ((DescribeGroupsResponse) answer)
                        .data()
                        .setGroups(joined(
                                ((DescribeGroupsResponse) answer).data().groups(),
                                ((DescribeGroupsResponse) refusal).data().groups())));
    }

    private static AccessRule deleteGroups() {
        return Parts.judged(
                request -> ((DeleteGroupsRequest) request).data().groupsNames(),
                onGroup(DELETE),
                (answer, refusal) -> Parts.move(
                        ((DeleteGroupsResponse) refusal).data().results(),
                        ((DeleteGroupsResponse) answer).data().results()));
    }

    private static AccessRule offsetCommit() {
        return Parts.judged(
                request -> ((OffsetCommitRequest) request).data().topics(),
                onTopic(READ, topic -> topic.name(), topic -> topic.topicId()),
                (answer, refusal) -> ((OffsetCommitResponse) answer)
                        .data()
                        .setTopics(joined(
                                ((OffsetCommitResponse) answer).data().topics(),
                                ((OffsetCommitResponse) refusal).data().topics())));
    }

    private static AccessRule offsetDelete() {
        return Parts.judged(
                request -> ((OffsetDeleteRequest) request).data().topics(),
                onTopic(READ, topic -> topic.name()),
                (exchange, error) -> {
                    OffsetDeleteResponseData refusal = new OffsetDeleteResponseData();
                    exchange.body(OffsetDeleteRequest.class).data().topics().forEach(topic -> {
                        OffsetDeleteResponseTopic told = new OffsetDeleteResponseTopic().setName(topic.name());
                        topic.partitions()
                                .forEach(partition -> told.partitions()
                                        .add(new OffsetDeleteResponsePartition()
                                                .setPartitionIndex(partition.partitionIndex())
                                                .setErrorCode(error.code())));
                        refusal.topics().add(told);
                    });
                    return new OffsetDeleteResponse(refusal);
                },
                (answer, refusal) -> Parts.move(
                        ((OffsetDeleteResponse) refusal).data().topics(),
                        ((OffsetDeleteResponse) answer).data().topics()));
    }

    /// Groups that may not be described are answered with the error, topics that may not be described one by one; if
    /// all offsets are asked for, they are left out.
    private static AccessRule offsetFetch() {
        return (exchange, access, image) -> {
            OffsetFetchRequest request = exchange.body(OffsetFetchRequest.class);
            List<OffsetFetchResponseGroup> refusedGroups = new ArrayList<>();
            Map<String, List<OffsetFetchResponseTopics>> refusedTopics = new HashMap<>();
            List<OffsetFetchRequestGroup> groups = new ArrayList<>(request.groups());
            groups.removeIf(group -> {
                boolean allowed = access.allowsOnGroup(exchange.context(), DESCRIBE, group.groupId());
                if (!allowed) {
                    refusedGroups.add(OffsetFetchResponse.groupError(
                            group, Errors.GROUP_AUTHORIZATION_FAILED, exchange.version()));
                } else if (!OffsetFetchRequest.requestAllOffsets(group)) {
                    List<OffsetFetchRequestTopics> topics = new ArrayList<>(group.topics());
                    topics.removeIf(topic -> refusedOffsets(exchange, access, image, group, topic, refusedTopics));
                    group.setTopics(topics);
                }
                return !allowed;
            });
            if (groups.isEmpty()) {
                return new AccessRule.Verdict.Refused(
                        Reply.of(new OffsetFetchResponse.Builder(refusedGroups).build(exchange.version())));
            }
            if (!refusedGroups.isEmpty()) {
                request.data().setGroups(groups);
            }
            return then(reply -> reply instanceof Reply.Answer(OffsetFetchResponse answer)
                    ? Reply.of(offsets(answer, exchange, access, image, request, refusedGroups, refusedTopics))
                    : reply);
        };
    }

    private static boolean refusedOffsets(
            RequestExchange exchange,
            AccessControl access,
            ClusterImage image,
            OffsetFetchRequestGroup group,
            OffsetFetchRequestTopics topic,
            Map<String, List<OffsetFetchResponseTopics>> refused) {
        Optional<String> name = name(image, topic.name(), topic.topicId());
        if (name.isEmpty() || access.allowsOnTopic(exchange.context(), DESCRIBE, name.get())) {
            return false;
        }
        OffsetFetchResponseTopics told =
                new OffsetFetchResponseTopics().setName(topic.name()).setTopicId(topic.topicId());
        topic.partitionIndexes()
                .forEach(partition -> told.partitions()
                        .add(new OffsetFetchResponsePartitions()
                                .setPartitionIndex(partition)
                                .setCommittedOffset(OffsetFetchResponse.INVALID_OFFSET)
                                .setMetadata(OffsetFetchResponse.NO_METADATA)
                                .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())));
        refused.computeIfAbsent(group.groupId(), _ -> new ArrayList<>()).add(told);
        return true;
    }

    private static OffsetFetchResponse offsets(
            OffsetFetchResponse answer,
            RequestExchange exchange,
            AccessControl access,
            ClusterImage image,
            OffsetFetchRequest request,
            List<OffsetFetchResponseGroup> refusedGroups,
            Map<String, List<OffsetFetchResponseTopics>> refusedTopics) {
        List<OffsetFetchResponseGroup> groups = new ArrayList<>();
        for (OffsetFetchRequestGroup asked : request.groups()) {
            OffsetFetchResponseGroup group = answer.group(asked.groupId());
            boolean all = OffsetFetchRequest.requestAllOffsets(asked);
            List<OffsetFetchResponseTopics> topics = new ArrayList<>();
            for (OffsetFetchResponseTopics topic : group.topics()) {
                Optional<String> name = name(image, topic.name(), topic.topicId());
                if (!all || (name.isPresent() && access.allowsOnTopic(exchange.context(), DESCRIBE, name.get()))) {
                    topics.add(topic);
                }
            }
            if (group.errorCode() == Errors.NONE.code()) {
                topics.addAll(refusedTopics.getOrDefault(asked.groupId(), List.of()));
            }
            groups.add(group.duplicate().setTopics(topics));
        }
        groups.addAll(refusedGroups);
        return new OffsetFetchResponse.Builder(groups).build(exchange.version());
    }

    private static AccessRule subscribedTopics() {
        return (exchange, access, image) -> {
            List<String> topics =
                    exchange.body(ConsumerGroupHeartbeatRequest.class).data().subscribedTopicNames();
            return topics == null
                            || topics.stream()
                                    .allMatch(topic -> access.allowsOnTopic(exchange.context(), DESCRIBE, topic))
                    ? AccessRule.ADMITTED
                    : refused(exchange, Errors.TOPIC_AUTHORIZATION_FAILED);
        };
    }

    private static AccessRule consumerGroupDescribe() {
        AccessRule groups = Parts.judged(
                request -> ((ConsumerGroupDescribeRequest) request).data().groupIds(),
                onGroup(DESCRIBE),
                (answer, refusal) -> ((ConsumerGroupDescribeResponse) answer)
                        .data()
                        .setGroups(joined(
                                ((ConsumerGroupDescribeResponse) answer).data().groups(),
                                ((ConsumerGroupDescribeResponse) refusal).data().groups())));
        return groups.and((exchange, access, image) -> then(reply -> {
            if (reply instanceof Reply.Answer(ConsumerGroupDescribeResponse answer)) {
                hideMembers(answer, exchange, access);
            }
            return reply;
        }));
    }

    /// A group is told about whole or not at all.
    private static void hideMembers(
            ConsumerGroupDescribeResponse answer, RequestExchange exchange, AccessControl access) {
        answer.data().groups().forEach(group -> {
            boolean hidden = group.members().stream()
                    .flatMap(member -> Stream.of(member.assignment(), member.targetAssignment()))
                    .flatMap(assignment -> assignment.topicPartitions().stream())
                    .anyMatch(topic -> !access.allowsOnTopic(exchange.context(), DESCRIBE, topic.topicName()));
            if (hidden) {
                group.setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                        .setErrorMessage(
                                "The group has described topic(s) that the client is not authorized to describe.")
                        .setMembers(List.of());
            }
        });
    }

    /// Also says, as Kafka does here and not in its coordinator, that no topology may use Kafka's own topics.
    private static AccessRule topologysTopics() {
        return (exchange, access, image) -> {
            StreamsGroupHeartbeatRequestData.Topology topology =
                    exchange.body(StreamsGroupHeartbeatRequest.class).data().topology();
            if (topology == null) {
                return AccessRule.ADMITTED;
            }
            List<String> topics = topology.subtopologies().stream()
                    .flatMap(part -> Stream.of(
                                    part.sourceTopics().stream(),
                                    part.repartitionSinkTopics().stream(),
                                    part.repartitionSourceTopics().stream()
                                            .map(StreamsGroupHeartbeatRequestData.TopicInfo::name),
                                    part.stateChangelogTopics().stream()
                                            .map(StreamsGroupHeartbeatRequestData.TopicInfo::name))
                            .flatMap(names -> names))
                    .distinct()
                    .toList();
            List<String> internal =
                    topics.stream().filter(TopicNames::isInternal).toList();
            if (!internal.isEmpty()) {
                return invalidTopology("Use of Kafka internal topics " + String.join(",", internal)
                        + " in a Kafka Streams topology is prohibited.");
            }
            List<String> invalid = topics.stream()
                    .filter(topic -> TopicNames.problem(topic).isPresent())
                    .toList();
            if (!invalid.isEmpty()) {
                return invalidTopology("Topic names " + String.join(",", invalid) + " are not valid topic names.");
            }
            return topics.stream().allMatch(topic -> access.allowsOnTopic(exchange.context(), DESCRIBE, topic))
                    ? AccessRule.ADMITTED
                    : refused(exchange, Errors.TOPIC_AUTHORIZATION_FAILED);
        };
    }

    private static AccessRule.Verdict invalidTopology(String why) {
        return new AccessRule.Verdict.Refused(
                Reply.of(new StreamsGroupHeartbeatResponse(new StreamsGroupHeartbeatResponseData()
                        .setErrorCode(Errors.STREAMS_INVALID_TOPOLOGY.code())
                        .setErrorMessage(why))));
    }

    private static AccessRule streamsGroupDescribe() {
        AccessRule groups = Parts.judged(
                request -> ((StreamsGroupDescribeRequest) request).data().groupIds(),
                onGroup(DESCRIBE),
                (answer, refusal) -> ((StreamsGroupDescribeResponse) answer)
                        .data()
                        .setGroups(joined(
                                ((StreamsGroupDescribeResponse) answer).data().groups(),
                                ((StreamsGroupDescribeResponse) refusal).data().groups())));
        return groups.and((exchange, access, image) -> then(reply -> {
            if (reply instanceof Reply.Answer(StreamsGroupDescribeResponse answer)) {
                hideTopology(answer, exchange, access);
            }
            return reply;
        }));
    }

    /// A group is told about whole or not at all.
    private static void hideTopology(
            StreamsGroupDescribeResponse answer, RequestExchange exchange, AccessControl access) {
        answer.data().groups().forEach(group -> {
            StreamsGroupDescribeResponseData.Topology topology = group.topology();
            boolean hidden = topology != null
                    && topology.subtopologies() != null
                    && topology.subtopologies().stream()
                            .flatMap(part -> Stream.of(
                                            part.sourceTopics().stream(),
                                            part.repartitionSinkTopics().stream(),
                                            part.repartitionSourceTopics().stream()
                                                    .map(StreamsGroupDescribeResponseData.TopicInfo::name),
                                            part.stateChangelogTopics().stream()
                                                    .map(StreamsGroupDescribeResponseData.TopicInfo::name))
                                    .flatMap(names -> names))
                            .anyMatch(topic -> !access.allowsOnTopic(exchange.context(), DESCRIBE, topic));
            if (hidden) {
                group.setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                        .setErrorMessage(
                                "The group has described topic(s) that the client is not authorized to describe.")
                        .setMembers(List.of())
                        .setTopology(null);
            }
        });
    }

    // ---- transactions

    /// Of a request that names one forbidden topic, nothing is done. From version 4 on only brokers ask.
    private static AccessRule addPartitionsToTransaction() {
        return (exchange, access, image) -> {
            AddPartitionsToTxnRequest request = exchange.body(AddPartitionsToTxnRequest.class);
            if (exchange.version() >= 4) {
                return cluster(CLUSTER_ACTION).judge(exchange, access, image);
            }
            String id = request.data().v3AndBelowTransactionalId();
            if (!access.allows(exchange.context(), WRITE, ResourceType.TRANSACTIONAL_ID, id)) {
                return refused(exchange, Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
            }
            List<AddPartitionsToTxnTopic> refused = request.data().v3AndBelowTopics().stream()
                    .filter(topic -> !access.allowsOnTopic(exchange.context(), WRITE, topic.name()))
                    .toList();
            if (refused.isEmpty()) {
                return AccessRule.ADMITTED;
            }
            AddPartitionsToTxnResponseData answer = new AddPartitionsToTxnResponseData();
            for (AddPartitionsToTxnTopic topic : request.data().v3AndBelowTopics()) {
                Errors error =
                        refused.contains(topic) ? Errors.TOPIC_AUTHORIZATION_FAILED : Errors.OPERATION_NOT_ATTEMPTED;
                AddPartitionsToTxnTopicResult told = new AddPartitionsToTxnTopicResult().setName(topic.name());
                topic.partitions()
                        .forEach(partition -> told.resultsByPartition()
                                .add(new AddPartitionsToTxnPartitionResult()
                                        .setPartitionIndex(partition)
                                        .setPartitionErrorCode(error.code())));
                answer.resultsByTopicV3AndBelow().add(told);
            }
            return new AccessRule.Verdict.Refused(Reply.of(new AddPartitionsToTxnResponse(answer)));
        };
    }

    private static AccessRule transactionalOffsetCommit() {
        return Parts.judged(
                request -> ((TxnOffsetCommitRequest) request).data().topics(),
                onTopic(READ, topic -> topic.name()),
                (answer, refusal) -> ((TxnOffsetCommitResponse) answer)
                        .data()
                        .setTopics(joined(
                                ((TxnOffsetCommitResponse) answer).data().topics(),
                                ((TxnOffsetCommitResponse) refusal).data().topics())));
    }

    private static AccessRule writeMarkers() {
        return (exchange, access, image) -> access.allowsOnCluster(exchange.context(), CLUSTER_ACTION)
                        || access.allowsOnCluster(exchange.context(), ALTER)
                ? AccessRule.ADMITTED
                : refused(exchange, Errors.CLUSTER_AUTHORIZATION_FAILED);
    }

    private static AccessRule describeProducers() {
        return Parts.judged(
                request -> ((DescribeProducersRequest) request).data().topics(),
                onTopic(READ, topic -> topic.name()),
                (answer, refusal) -> ((DescribeProducersResponse) answer)
                        .data()
                        .setTopics(joined(
                                ((DescribeProducersResponse) answer).data().topics(),
                                ((DescribeProducersResponse) refusal).data().topics())));
    }

    private static AccessRule describeTransactions() {
        AccessRule ids = Parts.judged(
                request -> ((DescribeTransactionsRequest) request).data().transactionalIds(),
                (id, exchange, access, image) -> when(
                        !access.allows(exchange.context(), DESCRIBE, ResourceType.TRANSACTIONAL_ID, id),
                        Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED),
                (answer, refusal) -> ((DescribeTransactionsResponse) answer)
                        .data()
                        .setTransactionStates(joined(
                                ((DescribeTransactionsResponse) answer).data().transactionStates(),
                                ((DescribeTransactionsResponse) refusal).data().transactionStates())));
        return ids.and((exchange, access, image) -> then(reply -> {
            if (reply instanceof Reply.Answer(DescribeTransactionsResponse answer)) {
                answer.data()
                        .transactionStates()
                        .forEach(state -> state.topics()
                                .removeIf(topic -> !access.allowsOnTopic(exchange.context(), DESCRIBE, topic.topic())));
            }
            return reply;
        }));
    }

    private static AccessRule listTransactions() {
        return (exchange, access, image) -> then(reply -> {
            if (reply instanceof Reply.Answer(ListTransactionsResponse answer)) {
                answer.data()
                        .setTransactionStates(answer.data().transactionStates().stream()
                                .filter(state -> access.allows(
                                        exchange.context(),
                                        DESCRIBE,
                                        ResourceType.TRANSACTIONAL_ID,
                                        state.transactionalId()))
                                .toList());
            }
            return reply;
        });
    }

    // ---- parts

    private static Optional<Errors> when(boolean refused, Errors error) {
        return refused ? Optional.of(error) : Optional.empty();
    }

    private static <P> Parts.Judge<P> onTopic(AclOperation operation, Function<P, String> name) {
        return (part, exchange, access, image) -> when(
                !access.allowsOnTopic(exchange.context(), operation, name.apply(part)),
                Errors.TOPIC_AUTHORIZATION_FAILED);
    }

    /// A topic that is named by an id that nobody knows is the handler's to refuse.
    private static <P> Parts.Judge<P> onTopic(
            AclOperation operation, Function<P, @Nullable String> name, Function<P, Uuid> id) {
        return (part, exchange, access, image) -> name(image, name.apply(part), id.apply(part))
                .flatMap(known -> when(
                        !access.allowsOnTopic(exchange.context(), operation, known),
                        Errors.TOPIC_AUTHORIZATION_FAILED));
    }

    private static Parts.Judge<String> onGroup(AclOperation operation) {
        return (group, exchange, access, image) ->
                when(!access.allowsOnGroup(exchange.context(), operation, group), Errors.GROUP_AUTHORIZATION_FAILED);
    }

    private static Optional<String> name(ClusterImage image, @Nullable String name, Uuid id) {
        return id.equals(Uuid.ZERO_UUID) ? Optional.ofNullable(name) : image.topicName(id);
    }

    private static <T> List<T> joined(Collection<T> some, Collection<T> more) {
        List<T> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }
}
