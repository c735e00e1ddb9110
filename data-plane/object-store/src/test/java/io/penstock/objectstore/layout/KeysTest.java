// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.penstock.objectstore.ObjectKey;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The names in a bucket are a format: a change here breaks every cluster that exists.
class KeysTest {
    private static final Incarnation INCARNATION = new Incarnation(0x0123456789abcdefL, 0x0fedcba987654321L);
    private static final String I = "0123456789abcdef0fedcba987654321";

    private final ClusterPrefix prefix = ClusterPrefix.of("tenant-1", "cluster-1");
    private final LogKeys log = new LogKeys(prefix);
    private final MetaKeys meta = new MetaKeys(prefix);

    private List<ObjectKey> oneOfEachKind() {
        return List.of(
                meta.cluster(),
                meta.entry(42),
                meta.snapshot(42),
                log.producerIds(3),
                log.slot(new WalSlot(INCARNATION, 2, 77)),
                log.floor(INCARNATION, 2),
                log.manifest(new ShardId(15)),
                log.producerSnapshot(new ShardId(15), "abc"),
                log.segment("def"));
    }

    @Test
    void keysAreNamedAsTheLayoutSays() {
        assertThat(oneOfEachKind())
                .extracting(ObjectKey::value)
                .containsExactly(
                        "tenant-1/cluster-1/cluster",
                        "tenant-1/cluster-1/meta/0000000000000000042",
                        "tenant-1/cluster-1/meta-snapshot/0000000000000000042",
                        "tenant-1/cluster-1/pid/0000000000000000003",
                        "tenant-1/cluster-1/wal/" + I + "/2/0000000000000000077",
                        "tenant-1/cluster-1/floor/" + I + "/2",
                        "tenant-1/cluster-1/shard/15",
                        "tenant-1/cluster-1/producers/15/abc",
                        "tenant-1/cluster-1/segment/def");
    }

    @Test
    void noKeyIsAPathPrefixOfAnother() {
        for (ObjectKey key : oneOfEachKind()) {
            assertThat(oneOfEachKind()).noneMatch(other -> other.value().startsWith(key.value() + "/"));
        }
    }

    @Test
    void numberedKeysListInTheOrderOfTheirNumbers() {
        long[] numbers = {1, 2, 9, 10, 99, 100, 12345678901L, Long.MAX_VALUE};
        for (int i = 1; i < numbers.length; i++) {
            assertThat(meta.entry(numbers[i - 1])).isLessThan(meta.entry(numbers[i]));
            assertThat(log.slot(new WalSlot(INCARNATION, 0, numbers[i - 1])))
                    .isLessThan(log.slot(new WalSlot(INCARNATION, 0, numbers[i])));
            assertThat(MetaKeys.numberOf(meta.entry(numbers[i]))).isEqualTo(numbers[i]);
        }
    }

    @Test
    void keysLieBelowWhatIsListedToFindThem() {
        assertThat(meta.entry(1).value()).startsWith(meta.entries());
        assertThat(meta.snapshot(1).value()).startsWith(meta.snapshots()).doesNotStartWith(meta.entries());
        assertThat(log.producerIds(1).value()).startsWith(log.producerIdBlocks());
        assertThat(log.slot(new WalSlot(INCARNATION, 1, 0)).value())
                .startsWith(log.slots(INCARNATION, 1))
                .doesNotStartWith(log.slots(INCARNATION, 10));
    }

    @Test
    void anIncarnationIsReadAsItIsWritten() {
        Incarnation random = Incarnation.random(new Random(7));

        assertThat(Incarnation.parse(random.toString())).isEqualTo(random);
        assertThat(INCARNATION).hasToString(I);
        assertThatIllegalArgumentException().isThrownBy(() -> Incarnation.parse("0123"));
    }
}
