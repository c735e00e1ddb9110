// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import io.penstock.log.format.ControlEntry.ClosedPredecessor;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.Uuid;

/// Objects with fixed contents, for tests of formats and of the WAL.
public final class Samples {
    public static final Incarnation INCARNATION = Incarnation.parse("0123456789abcdeffedcba9876543210");
    public static final Uuid TOPIC = new Uuid(0x1111222233334444L, 0x5555666677778888L);
    public static final WalSlot SLOT = new WalSlot(INCARNATION, 2, 41);

    private Samples() {}

    public static ShardId shard(int number) {
        return new ShardId(number);
    }

    public static LeaderEpoch epoch(int number) {
        return new LeaderEpoch(number);
    }

    /// Bytes that stand for a record batch; only its size counts.
    public static ByteBuffer batch(int size, long seed) {
        byte[] bytes = new byte[Math.max(size, WalObjectBuilder.BATCH_HEADER_SIZE)];
        new Random(seed).nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    /// The index of a batch with one record at the offset, by a producer that is not idempotent.
    public static BatchIndex index(ShardId shard, LeaderEpoch epoch, int partition, long offset) {
        return new BatchIndex(
                TOPIC,
                partition,
                shard,
                epoch,
                offset,
                offset,
                1,
                1000,
                1000,
                -1,
                (short) -1,
                -1,
                -1,
                false,
                false,
                0,
                0);
    }

    static WalHeader header() {
        return new WalHeader(SLOT, new Nonce(0x0a0b0c0d0e0f1011L, 0x1213141516171819L));
    }

    static List<ControlEntry> controlEntries() {
        TopicPartitionId p0 = new TopicPartitionId(TOPIC, 0);
        TopicPartitionId p9 = new TopicPartitionId(TOPIC, 9);
        return List.of(
                new ControlEntry.EpochStart(
                        shard(3),
                        epoch(7),
                        Map.of(p0, 100L, p9, 5_000_000_000L),
                        List.of(
                                new ClosedPredecessor(epoch(5), INCARNATION, new WalSlot(INCARNATION, 1, 17)),
                                new ClosedPredecessor(
                                        epoch(6), new Incarnation(1, 2), new WalSlot(new Incarnation(1, 2), 0, 0)))),
                new ControlEntry.HandOff(shard(4), epoch(6), false, Map.of(p0, 12L)),
                new ControlEntry.HandOff(shard(5), epoch(6), true, Map.of()),
                new ControlEntry.LogStart(shard(3), epoch(7), TOPIC, 9, 4_999_999_999L),
                new ControlEntry.Drop(shard(3), epoch(7), TOPIC));
    }

    /// Two batches, every kind of control entry.
    static ByteBuffer walObject() {
        WalObjectBuilder object = new WalObjectBuilder();
        object.append(
                new BatchIndex(
                        TOPIC,
                        9,
                        shard(3),
                        epoch(7),
                        5_000_000_000L,
                        5_000_000_009L,
                        10,
                        1_700_000_000_000L,
                        1_700_000_000_500L,
                        77,
                        (short) 3,
                        20,
                        29,
                        true,
                        false,
                        0,
                        0),
                batch(100, 1));
        object.append(
                new BatchIndex(
                        TOPIC, 0, shard(3), epoch(7), 100, 100, 1, 5, 5, 77, (short) 3, -1, -1, true, true, 0, 0),
                batch(78, 2));
        controlEntries().forEach(object::append);
        return object.freeze(header());
    }

    public static ControlEntry handOff(int shard, int epoch) {
        return new ControlEntry.HandOff(shard(shard), epoch(epoch), false, Map.of());
    }

    public static Seal seal(WalSlot slot) {
        return new Seal(slot, "somebody", "a test", Fence.all());
    }

    static Seal sealByName() {
        return new Seal(SLOT, "heir", "shard 3 moves", Fence.shards(Map.of(shard(3), epoch(6), shard(11), epoch(2))));
    }

    static Seal sealOfAll() {
        return new Seal(SLOT, "heir", "broker lost", Fence.all());
    }
}
