// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.broker.fetch.FetchHandler;
import io.penstock.broker.fetch.FetchSessions;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestHandler;
import io.penstock.broker.request.TopicAutoCreation;
import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.broker.testing.Exchanges;
import io.penstock.broker.testing.TestRuntime;
import io.penstock.metadata.MetalogRecords;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.ShardId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DeleteTopicsResponse;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LeadershipAnswersTest {
    private static final Incarnation OTHER = new Incarnation(8, 8);

    private final BrokerInMemory broker = BrokerInMemory.started();
    private final TestRuntime runtime = new TestRuntime();
    private Uuid topic = Uuid.ZERO_UUID;

    @BeforeEach
    void create() {
        topic = broker.cluster().createTopic("t", 1, Map.of());
    }

    @AfterEach
    void stop() {
        broker.close();
        runtime.close();
    }

    @Test
    void aProducerIsToldTheNewLeader() {
        moveAway();

        ProduceResponseData answer = produce(12, (short) -1, "v").data();

        var partition = answer.responses()
                .find("t", Uuid.ZERO_UUID)
                .partitionResponses()
                .getFirst();
        assertThat(partition.errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(partition.currentLeader().leaderId()).isEqualTo(1);
        assertThat(partition.currentLeader().leaderEpoch()).isEqualTo(epoch());
        assertThat(answer.nodeEndpoints().find(1).port()).isEqualTo(1111);
    }

    @Test
    void aProducerOfAnOlderVersionIsToldOnlyThatItIsNotHere() {
        moveAway();

        ProduceResponseData answer = produce(9, (short) -1, "v").data();

        assertThat(answer.responses()
                        .find("t", Uuid.ZERO_UUID)
                        .partitionResponses()
                        .getFirst()
                        .currentLeader()
                        .leaderId())
                .isEqualTo(-1);
        assertThat(answer.nodeEndpoints()).isEmpty();
    }

    @Test
    void aProducerByTopicIdIsServed() {
        ProduceResponseData answer = produce(13, (short) -1, "v").data();

        assertThat(answer.responses()
                        .find("", topic)
                        .partitionResponses()
                        .getFirst()
                        .errorCode())
                .isEqualTo(Errors.NONE.code());
    }

    @Test
    void acksThatDoNotExistAreRefused() {
        assertThat(produce(12, (short) 2, "v").errorCounts()).containsOnlyKeys(Errors.INVALID_REQUIRED_ACKS);
    }

    @Test
    void aFailureWithoutAcknowledgementHangsUp() {
        moveAway();

        assertThat(reply(produceHandler(), ApiKeys.PRODUCE, 12, produceRequest(12, (short) 0, "v")))
                .isInstanceOf(Reply.Hangup.class);
    }

    @Test
    void aTransactionalBatchWithoutATransactionalIdIsRefused() {
        MemoryRecords records = MemoryRecords.withTransactionalRecords(
                Compression.NONE, 4, (short) 0, 0, new SimpleRecord("v".getBytes(StandardCharsets.UTF_8)));

        assertThat(((ProduceResponse)
                                answer(produceHandler(), ApiKeys.PRODUCE, 12, produceRequest(12, (short) -1, records)))
                        .errorCounts())
                .containsOnlyKeys(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    }

    @Test
    void aConsumerIsToldTheNewLeader() {
        moveAway();

        FetchResponseData answer = fetch(17, topic, -1, 0).join();

        FetchResponseData.PartitionData partition = only(answer);
        assertThat(partition.errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(partition.currentLeader().leaderId()).isEqualTo(1);
        assertThat(answer.nodeEndpoints().find(1).host()).isEqualTo("elsewhere");
    }

    @Test
    void leaderEpochsOfConsumersAreChecked() {
        int epoch = epoch();

        assertThat(only(fetch(17, topic, epoch - 1, 0).join()).errorCode())
                .isEqualTo(Errors.FENCED_LEADER_EPOCH.code());
        assertThat(only(fetch(17, topic, epoch + 1, 0).join()).errorCode())
                .isEqualTo(Errors.UNKNOWN_LEADER_EPOCH.code());
        assertThat(only(fetch(17, topic, epoch, 0).join()).errorCode()).isEqualTo(Errors.NONE.code());
    }

    @Test
    void anUnknownTopicIdAndAnOffsetBeyondTheEndAreToldApart() {
        assertThat(only(fetch(17, Uuid.randomUuid(), -1, 0).join()).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        assertThat(only(fetch(17, topic, -1, 99).join()).errorCode()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
    }

    @Test
    void anErrorOfAFetchTellsNothingElse() {
        FetchResponseData.PartitionData unknown =
                only(fetch(17, Uuid.randomUuid(), -1, 0).join());
        FetchResponseData.PartitionData beyond = only(fetch(17, topic, -1, 99).join());

        assertThat(unknown.abortedTransactions()).isEmpty();
        assertThat(beyond.abortedTransactions()).isNull();
        assertThat(beyond.highWatermark()).isEqualTo(-1);
        assertThat(beyond.logStartOffset()).isEqualTo(-1);
    }

    @Test
    void onlyMinusOneMeansThatTheClientDoesNotSayTheLeaderEpoch() {
        assertThat(only(fetch(17, topic, -2, 0).join()).errorCode()).isEqualTo(Errors.FENCED_LEADER_EPOCH.code());
    }

    @Test
    void ofNoEpochThereIsNoEnd() {
        produce(12, (short) -1, "v");

        EpochEndOffset end = endOffset(-1);

        assertThat(end.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(end.endOffset()).isEqualTo(-1);
    }

    @Test
    void metadataByIdIsOfVersion12AndLater() {
        MetadataRequestData byId = new MetadataRequestData()
                .setTopics(List.of(new MetadataRequestTopic().setTopicId(topic).setName("t")));

        assertThat(metadata(12, byId).topics()).extracting("name").containsExactly("t");
        assertThatThrownBy(() -> metadata(11, byId)).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void aTopicThatIsToBeDeletedTwiceStays() {
        DeleteTopicsRequestData twice = new DeleteTopicsRequestData().setTopicNames(List.of("t", "t"));

        var answer = ((DeleteTopicsResponse)
                        answer(new DeleteTopicsHandler(broker.cluster()), ApiKeys.DELETE_TOPICS, 5, twice))
                .data();

        assertThat(answer.responses())
                .singleElement()
                .satisfies(result -> assertThat(result.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code()));
        assertThat(broker.cluster().image().topicId("t")).isPresent();
    }

    @Test
    void aWaitingFetchLearnsThatTheLeaderMoved() {
        CompletableFuture<FetchResponseData> waiting = fetch(17, topic, -1, 0, 1_000_000);
        assertThat(waiting).isNotDone();

        moveAway();

        assertThat(only(waiting.join()).errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
    }

    @Test
    void aWaitingFetchLearnsThatTheTopicIsGone() {
        CompletableFuture<FetchResponseData> waiting = fetch(17, topic, -1, 0, 1_000_000);

        broker.cluster().change(MetalogRecords.deleteTopic(topic));

        assertThat(only(waiting.join()).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
    }

    @Test
    void offsetsAreListedByTheLeaderOnly() {
        moveAway();

        assertThat(listOffset(-1).errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
    }

    @Test
    void aSpecialTimestampThatAVersionDoesNotKnowIsRefused() {
        assertThat(listOffset(-9).errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
    }

    @Test
    void theEndOfAnEpochIsFound() {
        produce(12, (short) -1, "v");

        EpochEndOffset end = endOffset(epoch());

        assertThat(end.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(end.leaderEpoch()).isEqualTo(epoch());
        assertThat(end.endOffset()).isEqualTo(1);
    }

    @Test
    void metadataNamesTheLeaderFirstAndOthersUpToTheReplicationFactor() {
        moveAway();

        MetadataResponseData answer = metadata(12, new MetadataRequestData().setTopics(null));

        var partition = answer.topics().find("t").partitions().getFirst();
        assertThat(partition.leaderId()).isEqualTo(1);
        assertThat(partition.replicaNodes()).containsExactly(1, 0);
        assertThat(partition.leaderEpoch()).isEqualTo(epoch());
        assertThat(answer.brokers()).hasSize(2);
    }

    @Test
    void metadataOfNoTopicsIsNotMetadataOfAll() {
        assertThat(metadata(12, new MetadataRequestData().setTopics(List.of())).topics())
                .isEmpty();
        assertThat(metadata(0, new MetadataRequestData().setTopics(List.of())).topics())
                .hasSize(1);
    }

    @Test
    void metadataOfWhatDoesNotExistSaysSo() {
        MetadataResponseData byName = metadata(
                12,
                new MetadataRequestData()
                        .setAllowAutoTopicCreation(true)
                        .setTopics(List.of(
                                new MetadataRequestData.MetadataRequestTopic().setName("none"),
                                new MetadataRequestData.MetadataRequestTopic().setName("not a name"))));
        MetadataResponseData byId = metadata(
                12,
                new MetadataRequestData()
                        .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic()
                                .setName(null)
                                .setTopicId(Uuid.randomUuid()))));

        assertThat(byName.topics().find("none").errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(byName.topics().find("not a name").errorCode()).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
        assertThat(byId.topics().iterator().next().errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
    }

    // ---- what the tests do

    private void moveAway() {
        List<ShardId> all = broker.cluster().allShards();
        broker.cluster().lead(1, OTHER, "elsewhere", 1111, all);
    }

    private int epoch() {
        return broker.cluster().image().leaderOf(topic, 0).orElseThrow().epoch().number();
    }

    private RequestHandler produceHandler() {
        return new ProduceHandler(broker.cluster(), broker.gate(), runtime, runtime.workers());
    }

    private ProduceResponse produce(int version, short acks, String value) {
        return (ProduceResponse)
                answer(produceHandler(), ApiKeys.PRODUCE, version, produceRequest(version, acks, value));
    }

    private ProduceRequestData produceRequest(int version, short acks, String value) {
        return produceRequest(
                version,
                acks,
                MemoryRecords.withRecords(
                        Compression.NONE,
                        new SimpleRecord(System.currentTimeMillis(), value.getBytes(StandardCharsets.UTF_8))));
    }

    private ProduceRequestData produceRequest(int version, short acks, MemoryRecords records) {
        ProduceRequestData.TopicProduceData data = new ProduceRequestData.TopicProduceData();
        if (version >= 13) {
            data.setTopicId(topic);
        } else {
            data.setName("t");
        }
        data.partitionData()
                .add(new ProduceRequestData.PartitionProduceData().setIndex(0).setRecords(records));
        ProduceRequestData request = new ProduceRequestData().setAcks(acks).setTimeoutMs(20_000);
        request.topicData().add(data);
        return request;
    }

    private CompletableFuture<FetchResponseData> fetch(int version, Uuid id, int knownEpoch, long offset) {
        return fetch(version, id, knownEpoch, offset, 0);
    }

    private CompletableFuture<FetchResponseData> fetch(
            int version, Uuid id, int knownEpoch, long offset, int maxWaitMillis) {
        FetchRequestData request = new FetchRequestData()
                .setMaxWaitMs(maxWaitMillis)
                .setMinBytes(1)
                .setMaxBytes(1 << 20)
                .setSessionId(FetchMetadata.INVALID_SESSION_ID)
                .setSessionEpoch(FetchMetadata.FINAL_EPOCH)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopicId(id)
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setPartition(0)
                                .setFetchOffset(offset)
                                .setCurrentLeaderEpoch(knownEpoch)
                                .setPartitionMaxBytes(1 << 20)))));
        return new FetchHandler(broker.cluster(), FetchSessions.withDefaults(new Random(1)), runtime, runtime.workers())
                .handle(Exchanges.of(ApiKeys.FETCH, version, request))
                .thenApply(reply -> ((FetchResponse) ((Reply.Answer) reply).response()).data());
    }

    private static FetchResponseData.PartitionData only(FetchResponseData answer) {
        assertThat(answer.responses()).hasSize(1);
        return answer.responses().getFirst().partitions().getFirst();
    }

    private ListOffsetsPartitionResponse listOffset(long timestamp) {
        ListOffsetsRequestData request = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                        .setName("t")
                        .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition()
                                .setPartitionIndex(0)
                                .setTimestamp(timestamp)))));
        ListOffsetsResponse response = (ListOffsetsResponse)
                answer(new ListOffsetsHandler(broker.cluster()), ApiKeys.LIST_OFFSETS, 10, request);
        return response.topics().getFirst().partitions().getFirst();
    }

    private EpochEndOffset endOffset(int epoch) {
        OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData().setReplicaId(-1);
        request.topics()
                .add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic()
                        .setTopic("t")
                        .setPartitions(List.of(new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition()
                                .setPartition(0)
                                .setLeaderEpoch(epoch))));
        OffsetsForLeaderEpochResponse response = (OffsetsForLeaderEpochResponse)
                answer(new OffsetForLeaderEpochHandler(broker.cluster()), ApiKeys.OFFSET_FOR_LEADER_EPOCH, 4, request);
        return response.data().topics().find("t").partitions().getFirst();
    }

    private MetadataResponseData metadata(int version, MetadataRequestData request) {
        RequestHandler handler = new MetadataHandler(broker.cluster(), new TopicAutoCreation(broker.cluster()));
        return ((MetadataResponse) answer(handler, ApiKeys.METADATA, version, request)).data();
    }

    private static AbstractResponse answer(RequestHandler handler, ApiKeys api, int version, ApiMessage body) {
        return ((Reply.Answer) reply(handler, api, version, body)).response();
    }

    private static Reply reply(RequestHandler handler, ApiKeys api, int version, ApiMessage body) {
        return handler.handle(Exchanges.of(api, version, body)).join();
    }
}
