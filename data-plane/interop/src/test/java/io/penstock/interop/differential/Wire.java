// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop.differential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.requests.ResponseHeader;

/// One connection, one request at a time.
final class Wire implements AutoCloseable {
    /// The other side closed the connection instead of answering.
    static final JsonNode CLOSED = TextNode.valueOf("closed");

    static final JsonNode NO_ANSWER = TextNode.valueOf("no answer");
    /// Nothing was said, nothing was expected, and the connection is alive.
    static final JsonNode SILENCE = TextNode.valueOf("silence");

    private static final int PATIENCE_MILLIS = 15_000;
    private static final String CLIENT = "differential";

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private int correlation;

    Wire(String host, int port) throws IOException {
        socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(socket.getInputStream());
    }

    /// The answer; or [#CLOSED], [#NO_ANSWER] or [#SILENCE]. After the first two this connection is of
    /// no more use.
    JsonNode ask(ApiKeys api, short version, ApiMessage body) throws IOException, Messages.NotAMessage {
        try {
            send(api, version, body);
            if (body instanceof ProduceRequestData produce && produce.acks() == 0) {
                send(ApiKeys.API_VERSIONS, (short) 0, new ApiVersionsRequestData());
                receive(ApiKeys.API_VERSIONS, (short) 0);
                return SILENCE;
            }
            return Messages.json(receive(api, version), version);
        } catch (SocketTimeoutException late) {
            return NO_ANSWER;
        } catch (EOFException | SocketException closed) {
            return CLOSED;
        }
    }

    private void send(ApiKeys api, short version, ApiMessage body) throws IOException {
        RequestHeader header = new RequestHeader(api, version, CLIENT, ++correlation);
        ByteBuffer bytes = RequestUtils.serialize(header.data(), header.headerVersion(), body, version);
        ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + bytes.remaining());
        frame.putInt(bytes.remaining()).put(bytes);
        socket.getOutputStream().write(frame.array());
    }

    private ApiMessage receive(ApiKeys api, short version) throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        ResponseHeader header = ResponseHeader.parse(bytes, api.responseHeaderVersion(version));
        if (header.correlationId() != correlation) {
            throw new IllegalStateException("the answer of another request came");
        }
        ApiMessage response = ApiMessageType.fromApiKey(api.id).newResponse();
        response.read(new ByteBufferAccessor(bytes), version);
        if (bytes.hasRemaining()) {
            throw new IllegalStateException(api + " " + version + ": bytes behind the answer");
        }
        return response;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
