// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.Test;

class WireFormatTest {
    private static final ConnectionFacts SOMEBODY = new ConnectionFacts(
            "c1", InetAddress.getLoopbackAddress(), 1234, KafkaPrincipal.ANONYMOUS, SecurityProtocol.PLAINTEXT, "", "");

    @Test
    void aRequestIsReadWithItsHeader() {
        ByteBuffer frame = request(ApiKeys.METADATA, (short) 12, new MetadataRequestData().setTopics(null));

        ParsedFrame.Request parsed = (ParsedFrame.Request) WireFormat.parse(frame, SOMEBODY, all());

        assertThat(parsed.body()).isInstanceOf(MetadataRequest.class);
        assertThat(((MetadataRequest) parsed.body()).isAllTopics()).isTrue();
        assertThat(parsed.context().correlationId()).isEqualTo(7);
        assertThat(parsed.context().clientId()).isEqualTo("me");
        assertThat(parsed.keepsFrame()).isFalse();
    }

    @Test
    void apiVersionsOfAnUnknownVersionIsARequestAnsweredInVersionZero() {
        ByteBuffer frame = ByteBuffer.allocate(64);
        frame.putShort(ApiKeys.API_VERSIONS.id).putShort((short) 99).putInt(7).putShort((short) -1);
        frame.put(new byte[20]).flip();

        ParsedFrame.Request parsed = (ParsedFrame.Request) WireFormat.parse(frame, SOMEBODY, all());
        ApiVersionsRequest body = (ApiVersionsRequest) parsed.body();
        List<ByteBuffer> answer =
                WireFormat.frame(parsed.context(), body.getErrorResponse(0, Errors.UNSUPPORTED_VERSION.exception()));

        ByteBuffer bytes = joined(answer);
        assertThat(bytes.getInt()).isEqualTo(bytes.remaining());
        ApiVersionsResponse read = (ApiVersionsResponse)
                AbstractResponse.parseResponse(bytes, new RequestHeader(ApiKeys.API_VERSIONS, (short) 0, "me", 7));
        assertThat(read.data().errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        assertThat(read.data().apiKeys()).isNotEmpty();
    }

    @Test
    void anApiThatIsNotServedAndAVersionThatIsNotSpokenAreMalformed() {
        assertThat(WireFormat.parse(
                        request(ApiKeys.METADATA, (short) 12, new MetadataRequestData()),
                        SOMEBODY,
                        EnumSet.of(ApiKeys.API_VERSIONS)))
                .isInstanceOf(ParsedFrame.Malformed.class);
        ByteBuffer old = ByteBuffer.allocate(30);
        old.putShort(ApiKeys.PRODUCE.id).putShort((short) 1).putInt(7).putShort((short) -1);
        assertThat(WireFormat.parse(old.rewind(), SOMEBODY, all())).isInstanceOf(ParsedFrame.Malformed.class);
    }

    @Test
    void garbageNeverThrows() {
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            if (bytes.length > 4) {
                // Half of them begin like a request of some API, so that bodies are read, too.
                bytes[0] = 0;
                bytes[1] = (byte) random.nextInt(95);
                bytes[2] = 0;
                bytes[3] = (byte) random.nextInt(14);
            }
            ParsedFrame parsed = WireFormat.parse(ByteBuffer.wrap(bytes), SOMEBODY, all());
            assertThat(parsed).isNotNull();
        }
    }

    @Test
    void recordBatchesAreSharedNotCopied() {
        ByteBuffer first = ByteBuffer.wrap(new byte[] {1, 2, 3}).asReadOnlyBuffer();
        ByteBuffer second =
                ByteBuffer.allocateDirect(2).put((byte) 4).put((byte) 5).flip();
        FetchResponseData data = new FetchResponseData();
        FetchResponseData.FetchableTopicResponse topic = new FetchResponseData.FetchableTopicResponse().setTopic("t");
        topic.partitions().add(FetchedRecords.attach(new FetchResponseData.PartitionData(), List.of(first, second)));
        topic.partitions().add(FetchedRecords.attach(new FetchResponseData.PartitionData(), List.of()));
        data.responses().add(topic);
        ParsedFrame.Request request = (ParsedFrame.Request)
                WireFormat.parse(request(ApiKeys.FETCH, (short) 12, new FetchRequestData()), SOMEBODY, all());

        List<ByteBuffer> answer = WireFormat.frame(request.context(), FetchResponse.of(data));

        assertThat(answer).hasSize(4);
        assertThat(answer.get(2).isDirect()).isTrue();
        ByteBuffer bytes = joined(answer);
        assertThat(bytes.getInt()).isEqualTo(bytes.remaining());
        FetchResponse read = (FetchResponse) AbstractResponse.parseResponse(bytes, request.context().header);
        assertThat(FetchResponse.recordsSize(
                        read.data().responses().getFirst().partitions().getFirst()))
                .isEqualTo(5);
    }

    private static Set<ApiKeys> all() {
        return ApiKeys.clientApis();
    }

    private static ByteBuffer request(ApiKeys api, short version, Message body) {
        short headerVersion = api.requestHeaderVersion(version);
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(version)
                .setClientId("me")
                .setCorrelationId(7);
        return RequestUtils.serialize(header, headerVersion, body, version);
    }

    static ByteBuffer joined(List<ByteBuffer> buffers) {
        int size = buffers.stream().mapToInt(ByteBuffer::remaining).sum();
        ByteBuffer all = ByteBuffer.allocate(size);
        buffers.forEach(b -> all.put(b.duplicate()));
        return all.flip();
    }
}
