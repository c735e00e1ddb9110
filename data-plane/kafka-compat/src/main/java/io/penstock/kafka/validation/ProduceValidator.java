// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.validation;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.PrimitiveRef;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.record.BrokerCompressionType;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogValidator;
import org.apache.kafka.storage.internals.log.RecordValidationException;

/// Checks a producer's batch before it gets its place: whole, CRC, size, one batch, keys, timestamps, codec.
///
/// Costs a pass over the bytes, and decompression for compressed batches: call it on a worker, not on an event
/// loop nor on a log's actor. May change the batch in place (log append time) or answer with a new one (another
/// codec).
public final class ProduceValidator {
    private final Time time;

    /// @param wallMillis the wall clock, for log append times and the bounds of create times
    public ProduceValidator(LongSupplier wallMillis) {
        time = new WallTime(wallMillis);
    }

    /// @param apiVersion of the produce request: some codecs need a certain version
    public ProduceVerdict judge(
            ProduceRequestData.PartitionProduceData sent, String topic, short apiVersion, TopicRules rules) {
        BaseRecords base = sent.records();
        if (!(base instanceof MemoryRecords records)) {
            return refuse(Errors.INVALID_RECORD, "the request has no records for the partition");
        }
        try {
            // One batch of format 2, and a codec that this request version may use.
            ProduceRequest.validateRecords(apiVersion, records);
            MutableRecordBatch batch = onlyBatch(records);
            if (batch.sizeInBytes() != records.sizeInBytes()) {
                return refuse(Errors.CORRUPT_MESSAGE, "bytes follow the batch that belong to none");
            }
            if (batch.sizeInBytes() > rules.maxBatchBytes()) {
                return refuse(
                        Errors.MESSAGE_TOO_LARGE,
                        "the batch has " + batch.sizeInBytes() + " bytes; the topic takes " + rules.maxBatchBytes()
                                + " (max.message.bytes)");
            }
            // Kafka's validator does not look at the CRC.
            batch.ensureValid();
            if (batch.baseOffset() != 0) {
                return refuse(
                        Errors.INVALID_RECORD, "the base offset of a produced batch is 0, not " + batch.baseOffset());
            }
            return validated(records, batch, topic, sent.index(), rules);
        } catch (RecordValidationException e) {
            return new ProduceVerdict.Unacceptable(
                    Errors.forException(e.invalidException()), text(e.invalidException()), badRecords(e));
        } catch (CorruptRecordException | InvalidRecordException e) {
            return refuse(Errors.forException(e), text(e));
        } catch (ApiException e) {
            return refuse(Errors.forException(e), text(e));
        } catch (RuntimeException e) {
            // A batch whose CRC is right and whose inside is not what it says: every codec fails in its own way.
            return refuse(Errors.CORRUPT_MESSAGE, "the records cannot be read: " + e);
        }
    }

    private ProduceVerdict validated(
            MemoryRecords records, RecordBatch batch, String topic, int partition, TopicRules rules) {
        CompressionType source = batch.compressionType();
        boolean idempotent = batch.hasProducerId();
        boolean transactional = batch.isTransactional();
        Compression target = BrokerCompressionType.targetCompression(rules.compression(), source);
        LogValidator.ValidationResult result = new LogValidator(
                        records,
                        new TopicPartition(topic, partition),
                        time,
                        source,
                        target,
                        rules.compacted(),
                        RecordBatch.CURRENT_MAGIC_VALUE,
                        rules.timestampType(),
                        rules.timestampBeforeMaxMs(),
                        rules.timestampAfterMaxMs(),
                        RecordBatch.NO_PARTITION_LEADER_EPOCH,
                        AppendOrigin.CLIENT)
                .validateMessagesAndAssignOffsets(
                        PrimitiveRef.ofLong(0), IgnoredCounts.INSTANCE, BufferSupplier.NO_CACHING);
        MemoryRecords validated = result.validatedRecords();
        if (result.messageSizeMaybeChanged() && validated.sizeInBytes() > rules.maxBatchBytes()) {
            return refuse(
                    Errors.MESSAGE_TOO_LARGE,
                    "compressed as the topic says, the batch has " + validated.sizeInBytes()
                            + " bytes; the topic takes " + rules.maxBatchBytes() + " (max.message.bytes)");
        }
        MutableRecordBatch out = onlyBatch(validated);
        Integer count = out.countOrNull();
        return new ProduceVerdict.Acceptable(
                validated.buffer().duplicate(),
                count == null ? 0 : count,
                rules.timestampType() == TimestampType.LOG_APPEND_TIME ? result.logAppendTimeMs() : -1,
                idempotent,
                transactional);
    }

    private static MutableRecordBatch onlyBatch(MemoryRecords records) {
        Iterator<MutableRecordBatch> batches = records.batches().iterator();
        if (!batches.hasNext()) {
            throw new CorruptRecordException("the batch is cut short");
        }
        return batches.next();
    }

    private static List<ProduceVerdict.BadRecord> badRecords(RecordValidationException e) {
        List<ProduceVerdict.BadRecord> bad = new ArrayList<>();
        for (ProduceResponse.RecordError error : e.recordErrors()) {
            bad.add(new ProduceVerdict.BadRecord(error.batchIndex, Objects.requireNonNullElse(error.message, "")));
        }
        return bad;
    }

    private static ProduceVerdict refuse(Errors error, String message) {
        return new ProduceVerdict.Unacceptable(error, message, List.of());
    }

    private static String text(Throwable e) {
        return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
    }

    /// The error a refused request carries says it all; requests are counted by error elsewhere.
    private enum IgnoredCounts implements LogValidator.MetricsRecorder {
        INSTANCE;

        @Override
        public void recordInvalidMagic() {}

        @Override
        public void recordInvalidOffset() {}

        @Override
        public void recordInvalidSequence() {}

        @Override
        public void recordInvalidChecksums() {}

        @Override
        public void recordNoKeyCompactedTopic() {}
    }
}
