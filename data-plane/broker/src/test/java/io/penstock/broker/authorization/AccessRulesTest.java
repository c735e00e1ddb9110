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
import static org.apache.kafka.common.resource.ResourceType.CLUSTER;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.broker.coordinator.GroupHandlers;
import io.penstock.broker.coordinator.GroupHome;
import io.penstock.broker.request.PeerBrokers;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestHandler;
import io.penstock.broker.request.RequestRouter;
import io.penstock.broker.request.StandardHandlers;
import io.penstock.broker.request.TopicAutoCreation;
import io.penstock.broker.request.TransactionGate;
import io.penstock.broker.testing.Exchanges;
import io.penstock.broker.testing.TestCluster;
import io.penstock.broker.testing.TestRuntime;
import io.penstock.broker.transactions.TransactionEnlistment;
import io.penstock.broker.transactions.TransactionHandlers;
import io.penstock.broker.transactions.TransactionHome;
import io.penstock.broker.transactions.TransactionSettings;
import io.penstock.metadata.AccessRecords;
import io.penstock.metadata.MetalogRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialDeletion;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData.AclCreation;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopicCollection;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData.DeleteAclsFilter;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResourceCollection;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.DescribeUserScramCredentialsResponse;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What Apache Kafka's `KafkaApis` and `ControllerApis` ask its authorizer for, API by API.
class AccessRulesTest {
    /// These need nothing, or only leave out of their answers what may not be seen.
    private static final Set<ApiKeys> OPEN = EnumSet.of(
            ApiKeys.API_VERSIONS,
            ApiKeys.SASL_HANDSHAKE,
            ApiKeys.SASL_AUTHENTICATE,
            ApiKeys.DESCRIBE_CLUSTER,
            ApiKeys.LIST_GROUPS,
            ApiKeys.LIST_TRANSACTIONS,
            ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS,
            ApiKeys.PUSH_TELEMETRY);

    private final TestRuntime runtime = new TestRuntime();
    private final TestCluster cluster = new TestCluster(runtime, TestCluster.settings(1, true), Set.of());
    private final TopicAutoCreation creation = new TopicAutoCreation(cluster);
    private final PeerBrokers nobody = (broker, request) -> CompletableFuture.failedFuture(new IOException("nobody"));
    private final TransactionGate gate = new TransactionEnlistment(cluster, nobody);
    private final GroupHome groups = new GroupHome(cluster, creation, gate, runtime);
    private final TransactionHome transactions =
            new TransactionHome(cluster, creation, runtime, nobody, TransactionSettings.defaults());
    private final RequestRouter router = new RequestRouter(cluster, handlers());

    private List<RequestHandler> handlers() {
        List<RequestHandler> handlers =
                new ArrayList<>(StandardHandlers.of(cluster, creation, gate, runtime, runtime.workers()));
        handlers.addAll(GroupHandlers.of(groups));
        return handlers;
    }

    @AfterEach
    void stop() {
        groups.close();
        transactions.close();
        runtime.close();
    }

    private record Need(ResourceType type, String name, AclOperation operation) {}

    private static Need topic(AclOperation operation) {
        return new Need(TOPIC, "t", operation);
    }

    private static Need group(AclOperation operation) {
        return new Need(GROUP, "g", operation);
    }

    private static Need cluster(AclOperation operation) {
        return new Need(CLUSTER, "kafka-cluster", operation);
    }

    private static Need transaction(AclOperation operation) {
        return new Need(TRANSACTIONAL_ID, "x", operation);
    }

    /// @param needs every one of them, or it is refused
    /// @param error without the need of the same place
    private record Case(ApiKeys api, int version, ApiMessage body, List<Need> needs, List<Errors> errors) {}

    private static Case line(ApiKeys api, int version, ApiMessage body, Need need, Errors error) {
        return new Case(api, version, body, List.of(need), List.of(error));
    }

    private static final List<Case> MATRIX = List.of(
            line(ApiKeys.PRODUCE, 9, produce(null), topic(WRITE), Errors.TOPIC_AUTHORIZATION_FAILED),
            new Case(
                    ApiKeys.PRODUCE,
                    9,
                    produce("x"),
                    List.of(transaction(WRITE), topic(WRITE)),
                    List.of(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, Errors.TOPIC_AUTHORIZATION_FAILED)),
            line(
                    ApiKeys.FETCH,
                    12,
                    new FetchRequestData()
                            .setMaxBytes(1)
                            .setTopics(List.of(new FetchTopic()
                                    .setTopic("t")
                                    .setPartitions(List.of(new FetchPartition().setPartitionMaxBytes(1))))),
                    topic(READ),
                    Errors.TOPIC_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.LIST_OFFSETS,
                    7,
                    new ListOffsetsRequestData()
                            .setReplicaId(-1)
                            .setTopics(List.of(new ListOffsetsTopic()
                                    .setName("t")
                                    .setPartitions(List.of(new ListOffsetsPartition().setTimestamp(-1))))),
                    topic(DESCRIBE),
                    Errors.TOPIC_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.OFFSET_FOR_LEADER_EPOCH,
                    4,
                    new OffsetForLeaderEpochRequestData()
                            .setReplicaId(-1)
                            .setTopics(new OffsetForLeaderTopicCollection(List.of(new OffsetForLeaderTopic()
                                            .setTopic("t")
                                            .setPartitions(List.of(new OffsetForLeaderPartition())))
                                    .iterator())),
                    topic(DESCRIBE),
                    Errors.TOPIC_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.DELETE_RECORDS,
                    2,
                    new DeleteRecordsRequestData()
                            .setTopics(List.of(new DeleteRecordsTopic()
                                    .setName("t")
                                    .setPartitions(List.of(new DeleteRecordsPartition())))),
                    topic(DELETE),
                    Errors.TOPIC_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.INIT_PRODUCER_ID,
                    4,
                    new InitProducerIdRequestData().setTransactionalId(null),
                    cluster(IDEMPOTENT_WRITE),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.INIT_PRODUCER_ID,
                    4,
                    new InitProducerIdRequestData().setTransactionalId(null),
                    topic(WRITE),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.INIT_PRODUCER_ID,
                    4,
                    new InitProducerIdRequestData().setTransactionalId("x"),
                    transaction(WRITE),
                    Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.METADATA,
                    12,
                    new MetadataRequestData().setTopics(List.of(new MetadataRequestTopic().setName("t"))),
                    topic(DESCRIBE),
                    Errors.TOPIC_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                    0,
                    new DescribeTopicPartitionsRequestData()
                            .setTopics(List.of(new DescribeTopicPartitionsRequestData.TopicRequest().setName("t"))),
                    topic(DESCRIBE),
                    Errors.TOPIC_AUTHORIZATION_FAILED),
            line(ApiKeys.CREATE_TOPICS, 7, createTopic(), topic(CREATE), Errors.TOPIC_AUTHORIZATION_FAILED),
            line(ApiKeys.CREATE_TOPICS, 7, createTopic(), cluster(CREATE), Errors.TOPIC_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.CREATE_PARTITIONS,
                    3,
                    new CreatePartitionsRequestData()
                            .setTopics(new CreatePartitionsTopicCollection(List.of(new CreatePartitionsTopic()
                                            .setName("t")
                                            .setCount(9)
                                            .setAssignments(null))
                                    .iterator())),
                    topic(ALTER),
                    Errors.TOPIC_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.DELETE_TOPICS,
                    6,
                    new DeleteTopicsRequestData().setTopics(List.of(new DeleteTopicState().setName("t"))),
                    topic(DELETE),
                    Errors.TOPIC_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.DESCRIBE_CONFIGS,
                    4,
                    describeConfigs(ConfigResource.Type.TOPIC, "t"),
                    topic(DESCRIBE_CONFIGS),
                    Errors.TOPIC_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.DESCRIBE_CONFIGS,
                    4,
                    describeConfigs(ConfigResource.Type.GROUP, "g"),
                    group(DESCRIBE_CONFIGS),
                    Errors.GROUP_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.DESCRIBE_CONFIGS,
                    4,
                    describeConfigs(ConfigResource.Type.BROKER, "0"),
                    cluster(DESCRIBE_CONFIGS),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                    1,
                    alterConfigs(ConfigResource.Type.TOPIC, "t"),
                    topic(ALTER_CONFIGS),
                    Errors.TOPIC_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                    1,
                    alterConfigs(ConfigResource.Type.BROKER, "0"),
                    cluster(ALTER_CONFIGS),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.FIND_COORDINATOR,
                    3,
                    new FindCoordinatorRequestData().setKey("g"),
                    group(DESCRIBE),
                    Errors.GROUP_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.FIND_COORDINATOR,
                    4,
                    new FindCoordinatorRequestData().setCoordinatorKeys(List.of("g")),
                    group(DESCRIBE),
                    Errors.GROUP_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.FIND_COORDINATOR,
                    4,
                    new FindCoordinatorRequestData().setKeyType((byte) 1).setCoordinatorKeys(List.of("x")),
                    transaction(DESCRIBE),
                    Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.JOIN_GROUP,
                    7,
                    new JoinGroupRequestData()
                            .setGroupId("g")
                            .setSessionTimeoutMs(6000)
                            .setProtocolType("consumer"),
                    group(READ),
                    Errors.GROUP_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.SYNC_GROUP,
                    5,
                    new SyncGroupRequestData()
                            .setGroupId("g")
                            .setProtocolType("consumer")
                            .setProtocolName("range"),
                    group(READ),
                    Errors.GROUP_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.HEARTBEAT,
                    4,
                    new HeartbeatRequestData().setGroupId("g"),
                    group(READ),
                    Errors.GROUP_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.LEAVE_GROUP,
                    5,
                    new LeaveGroupRequestData()
                            .setGroupId("g")
                            .setMembers(List.of(new MemberIdentity().setMemberId("m"))),
                    group(READ),
                    Errors.GROUP_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.DESCRIBE_GROUPS,
                    5,
                    new DescribeGroupsRequestData().setGroups(new ArrayList<>(List.of("g"))),
                    group(DESCRIBE),
                    Errors.GROUP_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.DELETE_GROUPS,
                    2,
                    new DeleteGroupsRequestData().setGroupsNames(new ArrayList<>(List.of("g"))),
                    group(DELETE),
                    Errors.GROUP_AUTHORIZATION_FAILED),
            new Case(
                    ApiKeys.OFFSET_COMMIT,
                    8,
                    new OffsetCommitRequestData()
                            .setGroupId("g")
                            .setTopics(List.of(new OffsetCommitRequestTopic()
                                    .setName("t")
                                    .setPartitions(List.of(new OffsetCommitRequestPartition())))),
                    List.of(group(READ), topic(READ)),
                    List.of(Errors.GROUP_AUTHORIZATION_FAILED, Errors.TOPIC_AUTHORIZATION_FAILED)),
            new Case(
                    ApiKeys.OFFSET_FETCH,
                    8,
                    new OffsetFetchRequestData()
                            .setGroups(List.of(new OffsetFetchRequestGroup()
                                    .setGroupId("g")
                                    .setTopics(List.of(new OffsetFetchRequestTopics()
                                            .setName("t")
                                            .setPartitionIndexes(List.of(0)))))),
                    List.of(group(DESCRIBE)),
                    List.of(Errors.GROUP_AUTHORIZATION_FAILED)),
            new Case(
                    ApiKeys.OFFSET_DELETE,
                    0,
                    new OffsetDeleteRequestData()
                            .setGroupId("g")
                            .setTopics(new OffsetDeleteRequestTopicCollection(List.of(new OffsetDeleteRequestTopic()
                                            .setName("t")
                                            .setPartitions(List.of(new OffsetDeleteRequestPartition())))
                                    .iterator())),
                    List.of(group(DELETE), topic(READ)),
                    List.of(Errors.GROUP_AUTHORIZATION_FAILED, Errors.TOPIC_AUTHORIZATION_FAILED)),
            new Case(
                    ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                    0,
                    new ConsumerGroupHeartbeatRequestData()
                            .setGroupId("g")
                            .setMemberId("m")
                            .setSubscribedTopicNames(List.of("t")),
                    List.of(group(READ), topic(DESCRIBE)),
                    List.of(Errors.GROUP_AUTHORIZATION_FAILED, Errors.TOPIC_AUTHORIZATION_FAILED)),
            line(
                    ApiKeys.CONSUMER_GROUP_DESCRIBE,
                    0,
                    new ConsumerGroupDescribeRequestData().setGroupIds(new ArrayList<>(List.of("g"))),
                    group(DESCRIBE),
                    Errors.GROUP_AUTHORIZATION_FAILED),
            new Case(
                    ApiKeys.STREAMS_GROUP_HEARTBEAT,
                    0,
                    new StreamsGroupHeartbeatRequestData()
                            .setGroupId("g")
                            .setMemberId("m")
                            .setTopology(new StreamsGroupHeartbeatRequestData.Topology()
                                    .setSubtopologies(List.of(new StreamsGroupHeartbeatRequestData.Subtopology()
                                            .setSubtopologyId("0")
                                            .setSourceTopics(List.of("t"))))),
                    List.of(group(READ), topic(DESCRIBE)),
                    List.of(Errors.GROUP_AUTHORIZATION_FAILED, Errors.TOPIC_AUTHORIZATION_FAILED)),
            line(
                    ApiKeys.STREAMS_GROUP_DESCRIBE,
                    0,
                    new StreamsGroupDescribeRequestData().setGroupIds(new ArrayList<>(List.of("g"))),
                    group(DESCRIBE),
                    Errors.GROUP_AUTHORIZATION_FAILED),
            new Case(
                    ApiKeys.ADD_PARTITIONS_TO_TXN,
                    3,
                    new AddPartitionsToTxnRequestData()
                            .setV3AndBelowTransactionalId("x")
                            .setV3AndBelowTopics(
                                    new AddPartitionsToTxnTopicCollection(List.of(new AddPartitionsToTxnTopic()
                                                    .setName("t")
                                                    .setPartitions(List.of(0)))
                                            .iterator())),
                    List.of(transaction(WRITE), topic(WRITE)),
                    List.of(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, Errors.TOPIC_AUTHORIZATION_FAILED)),
            line(
                    ApiKeys.ADD_PARTITIONS_TO_TXN,
                    5,
                    new AddPartitionsToTxnRequestData(),
                    cluster(CLUSTER_ACTION),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            new Case(
                    ApiKeys.ADD_OFFSETS_TO_TXN,
                    3,
                    new AddOffsetsToTxnRequestData().setTransactionalId("x").setGroupId("g"),
                    List.of(transaction(WRITE), group(READ)),
                    List.of(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, Errors.GROUP_AUTHORIZATION_FAILED)),
            line(
                    ApiKeys.END_TXN,
                    3,
                    new EndTxnRequestData().setTransactionalId("x"),
                    transaction(WRITE),
                    Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED),
            new Case(
                    ApiKeys.TXN_OFFSET_COMMIT,
                    3,
                    new TxnOffsetCommitRequestData()
                            .setTransactionalId("x")
                            .setGroupId("g")
                            .setTopics(List.of(new TxnOffsetCommitRequestTopic()
                                    .setName("t")
                                    .setPartitions(List.of(new TxnOffsetCommitRequestPartition())))),
                    List.of(transaction(WRITE), group(READ), topic(READ)),
                    List.of(
                            Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
                            Errors.GROUP_AUTHORIZATION_FAILED,
                            Errors.TOPIC_AUTHORIZATION_FAILED)),
            line(ApiKeys.WRITE_TXN_MARKERS, 1, markers(), cluster(CLUSTER_ACTION), Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(ApiKeys.WRITE_TXN_MARKERS, 1, markers(), cluster(ALTER), Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.DESCRIBE_PRODUCERS,
                    0,
                    new DescribeProducersRequestData()
                            .setTopics(List.of(new TopicRequest().setName("t").setPartitionIndexes(List.of(0)))),
                    topic(READ),
                    Errors.TOPIC_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.DESCRIBE_TRANSACTIONS,
                    0,
                    new DescribeTransactionsRequestData().setTransactionalIds(List.of("x")),
                    transaction(DESCRIBE),
                    Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.DESCRIBE_ACLS,
                    3,
                    new DescribeAclsRequestData()
                            .setResourceTypeFilter((byte) 1)
                            .setPatternTypeFilter((byte) 1)
                            .setOperation((byte) 1)
                            .setPermissionType((byte) 1),
                    cluster(DESCRIBE),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.CREATE_ACLS,
                    3,
                    new CreateAclsRequestData()
                            .setCreations(List.of(new AclCreation()
                                    .setResourceType((byte) 2)
                                    .setResourceName("t")
                                    .setResourcePatternType((byte) 3)
                                    .setPrincipal("User:a")
                                    .setHost("*")
                                    .setOperation((byte) 3)
                                    .setPermissionType((byte) 3))),
                    cluster(ALTER),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.DELETE_ACLS,
                    3,
                    new DeleteAclsRequestData()
                            .setFilters(List.of(new DeleteAclsFilter()
                                    .setResourceTypeFilter((byte) 2)
                                    .setResourceNameFilter("nothing")
                                    .setPatternTypeFilter((byte) 3)
                                    .setOperation((byte) 1)
                                    .setPermissionType((byte) 1))),
                    cluster(ALTER),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS,
                    0,
                    new DescribeUserScramCredentialsRequestData(),
                    cluster(DESCRIBE),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.ALTER_USER_SCRAM_CREDENTIALS,
                    0,
                    new AlterUserScramCredentialsRequestData()
                            .setDeletions(List.of(
                                    new ScramCredentialDeletion().setName("a").setMechanism((byte) 1))),
                    cluster(ALTER),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.DESCRIBE_CLIENT_QUOTAS,
                    1,
                    new DescribeClientQuotasRequestData(),
                    cluster(DESCRIBE_CONFIGS),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.ALTER_CLIENT_QUOTAS,
                    1,
                    new AlterClientQuotasRequestData()
                            .setEntries(List.of(new AlterClientQuotasRequestData.EntryData()
                                    .setEntity(List.of(new AlterClientQuotasRequestData.EntityData()
                                            .setEntityType("user")
                                            .setEntityName("a")))
                                    .setOps(List.of()))),
                    cluster(ALTER_CONFIGS),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.ALTER_CONFIGS,
                    2,
                    new AlterConfigsRequestData()
                            .setValidateOnly(true)
                            .setResources(new AlterConfigsRequestData.AlterConfigsResourceCollection(
                                    List.of(new AlterConfigsRequestData.AlterConfigsResource()
                                                    .setResourceType(ConfigResource.Type.TOPIC.id())
                                                    .setResourceName("t"))
                                            .iterator())),
                    topic(ALTER_CONFIGS),
                    Errors.TOPIC_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.LIST_CONFIG_RESOURCES,
                    1,
                    new ListConfigResourcesRequestData(),
                    cluster(DESCRIBE_CONFIGS),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.DESCRIBE_LOG_DIRS,
                    4,
                    new DescribeLogDirsRequestData().setTopics(null),
                    cluster(DESCRIBE),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.ELECT_LEADERS,
                    2,
                    new ElectLeadersRequestData().setTopicPartitions(null),
                    cluster(ALTER),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                    1,
                    new AlterPartitionReassignmentsRequestData(),
                    cluster(ALTER),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                    0,
                    new ListPartitionReassignmentsRequestData().setTopics(null),
                    cluster(DESCRIBE),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.UPDATE_FEATURES,
                    2,
                    new UpdateFeaturesRequestData().setValidateOnly(true),
                    cluster(ALTER),
                    Errors.CLUSTER_AUTHORIZATION_FAILED),
            line(
                    ApiKeys.DESCRIBE_QUORUM,
                    2,
                    new DescribeQuorumRequestData(),
                    cluster(DESCRIBE),
                    Errors.CLUSTER_AUTHORIZATION_FAILED));

    private static ProduceRequestData produce(@Nullable String transactionalId) {
        return new ProduceRequestData()
                .setTransactionalId(transactionalId)
                .setAcks((short) 1)
                .setTopicData(new TopicProduceDataCollection(List.of(new TopicProduceData()
                                .setName("t")
                                .setPartitionData(List.of(new PartitionProduceData().setRecords(MemoryRecords.EMPTY))))
                        .iterator()));
    }

    private static CreateTopicsRequestData createTopic() {
        return new CreateTopicsRequestData()
                .setValidateOnly(true)
                .setTopics(new CreatableTopicCollection(List.of(new CreatableTopic()
                                .setName("t")
                                .setNumPartitions(1)
                                .setReplicationFactor((short) 1))
                        .iterator()));
    }

    private static WriteTxnMarkersRequestData markers() {
        return new WriteTxnMarkersRequestData()
                .setMarkers(List.of(new WritableTxnMarker()
                        .setTopics(List.of(
                                new WritableTxnMarkerTopic().setName("t").setPartitionIndexes(List.of(0))))));
    }

    private static DescribeConfigsRequestData describeConfigs(ConfigResource.Type type, String name) {
        return new DescribeConfigsRequestData()
                .setResources(List.of(new DescribeConfigsResource()
                        .setResourceType(type.id())
                        .setResourceName(name)
                        .setConfigurationKeys(null)));
    }

    private static IncrementalAlterConfigsRequestData alterConfigs(ConfigResource.Type type, String name) {
        return new IncrementalAlterConfigsRequestData()
                .setValidateOnly(true)
                .setResources(new AlterConfigsResourceCollection(List.of(new AlterConfigsResource()
                                .setResourceType(type.id())
                                .setResourceName(name))
                        .iterator()));
    }

    private static MetalogRecord allow(Need need) {
        return AccessRecords.createAcl(
                Uuid.randomUuid(),
                new StandardAcl(
                        need.type(),
                        need.name(),
                        PatternType.LITERAL,
                        "User:ANONYMOUS",
                        "*",
                        need.operation(),
                        AclPermissionType.ALLOW));
    }

    /// The errors that the rule alone answers with, or that the handler answers with if it asks itself.
    private Set<Errors> errors(Case line) {
        var exchange = Exchanges.of(line.api(), line.version(), line.body());
        AccessRule.Verdict verdict =
                AccessRules.of(line.api()).orElseThrow().judge(exchange, cluster.access(), cluster.image());
        Reply reply = switch (verdict) {
            case AccessRule.Verdict.Refused(Reply refusal) -> refusal;
            case AccessRule.Verdict.Admitted admitted ->
                router.served().contains(line.api()) ? router.route(exchange).join() : new Reply.Silence(0);
        };
        if (reply instanceof Reply.Answer(DescribeUserScramCredentialsResponse response)) {
            // Its own count of errors leaves out the one that is about all.
            return EnumSet.of(Errors.forCode(response.data().errorCode()));
        }
        return reply instanceof Reply.Answer(var response)
                ? EnumSet.copyOf(withNone(response.errorCounts()))
                : EnumSet.of(Errors.NONE);
    }

    private static Collection<Errors> withNone(Map<Errors, Integer> counts) {
        List<Errors> errors = new ArrayList<>(counts.keySet());
        errors.add(Errors.NONE);
        return errors;
    }

    @Test
    void everyApiThatIsServedHasALine() {
        Set<ApiKeys> lines = MATRIX.stream().map(Case::api).collect(Collectors.toSet());
        lines.addAll(OPEN);

        assertThat(lines).containsAll(router.served());
        assertThat(lines)
                .containsAll(TransactionHandlers.of(transactions, groups).stream()
                        .map(RequestHandler::api)
                        .toList());
    }

    @TestFactory
    Stream<DynamicTest> whatIsMissingIsToldAndWithAllOfItTheHandlerIsAsked() {
        return MATRIX.stream()
                .map(line -> DynamicTest.dynamicTest(line.api() + " with " + line.needs(), () -> {
                    AccessRulesTest fresh = new AccessRulesTest();
                    fresh.cluster.createTopic("t", 1, Map.of());
                    try {
                        fresh.judge(line);
                    } finally {
                        fresh.stop();
                    }
                }));
    }

    private void judge(Case line) {
        for (int i = 0; i < line.needs().size(); i++) {
            assertThat(errors(line)).contains(line.errors().get(i));
            cluster.change(List.of(allow(line.needs().get(i))));
        }
        assertThat(errors(line))
                .doesNotContain(
                        Errors.TOPIC_AUTHORIZATION_FAILED,
                        Errors.GROUP_AUTHORIZATION_FAILED,
                        Errors.CLUSTER_AUTHORIZATION_FAILED,
                        Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    }

    @Test
    void whatIsAllowedIsAnsweredBesideWhatIsNot() {
        cluster.createTopic("t", 1, Map.of());
        cluster.createTopic("secret", 1, Map.of());
        cluster.change(List.of(allow(topic(DESCRIBE))));
        ListOffsetsRequestData both = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(
                        new ListOffsetsTopic()
                                .setName("secret")
                                .setPartitions(List.of(new ListOffsetsPartition().setTimestamp(-1))),
                        new ListOffsetsTopic()
                                .setName("t")
                                .setPartitions(List.of(new ListOffsetsPartition().setTimestamp(-1)))));

        Reply reply = router.route(Exchanges.of(ApiKeys.LIST_OFFSETS, 7, both)).join();

        assertThat(((Reply.Answer) reply).response().errorCounts())
                .containsOnly(
                        Map.entry(Errors.TOPIC_AUTHORIZATION_FAILED, 1), Map.entry(Errors.NOT_LEADER_OR_FOLLOWER, 1));
    }

    @Test
    void aDecisionLastsUntilTheAclsChange() {
        var who = Exchanges.of(ApiKeys.METADATA, 12, new MetadataRequestData()).context();

        assertThat(cluster.access().allowsOnTopic(who, READ, "t")).isFalse();
        cluster.change(List.of(allow(topic(READ))));
        assertThat(cluster.access().allowsOnTopic(who, READ, "t")).isTrue();
        assertThat(cluster.access().allowsOnTopic(who, DESCRIBE, "t")).isTrue();
        assertThat(cluster.access().operations(who, TOPIC, "t")).isEqualTo(1 << READ.code() | 1 << DESCRIBE.code());
    }
}
