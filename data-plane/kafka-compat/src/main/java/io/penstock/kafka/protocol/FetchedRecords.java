// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.network.TransferableChannel;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/// Record batches on their way into a fetch response, in the buffers in which the log holds them.
public final class FetchedRecords implements BaseRecords {
    private static final FetchedRecords NONE = new FetchedRecords(List.of());

    private final List<ByteBuffer> batches;
    private final int size;

    private FetchedRecords(List<ByteBuffer> batches) {
        this.batches = List.copyOf(batches);
        int bytes = 0;
        for (ByteBuffer batch : this.batches) {
            bytes = Math.addExact(bytes, batch.remaining());
        }
        size = bytes;
    }

    /// Puts the batches into a partition's answer without copying them.
    ///
    /// @param batches never changed, neither the bytes nor the positions; must stay as they are until the
    /// response is sent
    public static FetchResponseData.PartitionData attach(
            FetchResponseData.PartitionData answer, List<ByteBuffer> batches) {
        return answer.setRecords(batches.isEmpty() ? NONE : new FetchedRecords(batches));
    }

    List<ByteBuffer> batches() {
        return batches;
    }

    @Override
    public int sizeInBytes() {
        return size;
    }

    /// For whoever sends the response through Kafka's own network classes; [WireFormat] does not.
    @Override
    public RecordsSend<FetchedRecords> toSend() {
        return new RecordsSend<>(this, size) {
            @Override
            protected int writeTo(TransferableChannel channel, int previouslyWritten, int remaining)
                    throws IOException {
                ByteBuffer[] rest = new ByteBuffer[batches.size()];
                int skip = previouslyWritten;
                for (int i = 0; i < rest.length; i++) {
                    rest[i] = batches.get(i).duplicate();
                    int skipped = Math.min(skip, rest[i].remaining());
                    rest[i].position(rest[i].position() + skipped);
                    skip -= skipped;
                }
                return Math.toIntExact(channel.write(rest));
            }
        };
    }
}
