// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop.differential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;

/// The bytes of a fetch, spelled out.
final class FetchedBatches {
    private FetchedBatches() {}

    static JsonNode json(byte[] bytes, Memory memory) {
        ArrayNode batches = JsonNodeFactory.instance.arrayNode();
        for (MutableRecordBatch batch :
                MemoryRecords.readableRecords(ByteBuffer.wrap(bytes)).batches()) {
            batch.ensureValid();
            ObjectNode told = batches.addObject();
            told.put("baseOffset", batch.baseOffset())
                    .put("lastOffset", batch.lastOffset())
                    .put("magic", batch.magic())
                    .put("compression", batch.compressionType().name)
                    .put("timestampType", batch.timestampType().name)
                    .put("maxTimestamp", batch.isControlBatch() ? -1 : batch.maxTimestamp())
                    .put("producerEpoch", batch.producerEpoch())
                    .put("baseSequence", batch.baseSequence())
                    .put("transactional", batch.isTransactional())
                    .put("control", batch.isControlBatch())
                    .put("sizeInBytes", batch.sizeInBytes());
            told.set("producerId", memory.producerAlias(batch.producerId()));
            ArrayNode records = told.putArray("records");
            for (Record record : batch) {
                records.addObject()
                        .put("offset", record.offset())
                        .put("timestamp", batch.isControlBatch() ? -1 : record.timestamp())
                        .put("key", batch.isControlBatch() ? record.keySize() + " bytes" : text(record.key()))
                        .put("value", batch.isControlBatch() ? record.valueSize() + " bytes" : text(record.value()));
            }
        }
        return batches;
    }

    private static String text(ByteBuffer bytes) {
        return bytes == null ? "null" : StandardCharsets.UTF_8.decode(bytes).toString();
    }
}
