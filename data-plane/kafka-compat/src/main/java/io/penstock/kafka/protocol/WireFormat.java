// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.protocol;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestAndSize;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;

/// Kafka's framing: requests from bytes, responses to bytes. Pure; may be called from any thread.
public final class WireFormat {
    /// Bytes of the length that precedes every frame.
    public static final int LENGTH_BYTES = Integer.BYTES;

    private WireFormat() {}

    /// Reads one frame (without its length). Never throws: whatever is wrong with the bytes is said in the
    /// outcome.
    ///
    /// @param served the APIs answered here; a request for another one is malformed, as it is for Apache Kafka
    public static ParsedFrame parse(ByteBuffer frame, ConnectionFacts facts, Set<ApiKeys> served) {
        try {
            RequestHeader header = RequestHeader.parse(frame);
            ApiKeys api = header.apiKey();
            if (!served.contains(api)) {
                return new ParsedFrame.Malformed("request for " + api + ", which is not served here");
            }
            if (api != ApiKeys.API_VERSIONS && !header.isApiVersionSupported()) {
                return new ParsedFrame.Malformed(
                        "request for version " + header.apiVersion() + " of " + api + ", which is not served here");
            }
            RequestContext context = new RequestContext(
                    header,
                    facts.connectionId(),
                    facts.clientAddress(),
                    Optional.of(facts.clientPort()),
                    facts.principal(),
                    ListenerName.forSecurityProtocol(facts.securityProtocol()),
                    facts.securityProtocol(),
                    facts.softwareName().isEmpty()
                            ? ClientInformation.EMPTY
                            : new ClientInformation(facts.softwareName(), facts.softwareVersion()),
                    false);
            RequestAndSize parsed = context.parseRequest(frame);
            return new ParsedFrame.Request(context, parsed.request, api.requiresDelayedAllocation);
        } catch (RuntimeException e) {
            // Kafka's generated readers throw whatever the damaged field led to: all of it means "not a request".
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new ParsedFrame.Malformed(cause.toString());
        }
    }

    /// A whole response frame, length first. Record batches are not copied: their buffers are in the list as
    /// they are, between the bytes around them.
    public static List<ByteBuffer> frame(RequestContext context, AbstractResponse response) {
        ResponseHeader header = context.header.toResponseHeader();
        // The context's version, not the header's: an ApiVersions request of an unknown version is answered in v0.
        return frame(header.data(), header.headerVersion(), response.data(), context.apiVersion());
    }

    static List<ByteBuffer> frame(Message header, short headerVersion, Message body, short bodyVersion) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        header.addSize(size, cache, headerVersion);
        body.addSize(size, cache, bodyVersion);
        FrameWriter writer = new FrameWriter(LENGTH_BYTES + size.sizeExcludingZeroCopy());
        writer.writeInt(size.totalSize());
        header.write(writer, cache, headerVersion);
        body.write(writer, cache, bodyVersion);
        return writer.buffers();
    }
}
