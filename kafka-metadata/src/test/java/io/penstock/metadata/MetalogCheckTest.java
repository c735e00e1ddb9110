// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.MetaKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetalogCheckTest {
    private final MemoryObjectStore bucket = new MemoryObjectStore();
    private final MetaKeys keys = new MetaKeys(ClusterPrefix.of("tenant", "cluster"));
    private final ACluster cluster = ACluster.withShards(4).withBrokers(2);

    private void put(ObjectKey key, byte[] bytes) {
        bucket.put(key, ByteBuffer.wrap(bytes), PutCondition.always()).join();
    }

    private void stored() {
        put(keys.cluster(), new ClusterIdentity("cluster", "tenant", 4, 1).encode());
        cluster.failover(1, 2);
        put(keys.snapshot(3), MetaSnapshot.encode(cluster.image()));
        cluster.withTopic("orders", ACluster.topicId(1), 8, Map.of("cleanup.policy", "compact,delete"));
        for (EncodedEntry entry : cluster.entries()) {
            put(keys.entry(entry.number()), entry.bytes());
        }
    }

    private MetalogCheck check() {
        MetalogCheck check = new MetalogCheck(bucket, keys);
        check.readOn();
        return check;
    }

    private byte[] flipped(ObjectKey key) {
        ByteBuffer bytes = ((GetOutcome.Found) bucket.get(key).join()).bytes();
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        copy[copy.length / 2] ^= 1;
        return copy;
    }

    private void assertBroken(ObjectKey at) {
        assertThat(check().problems()).extracting(MetalogCheck.Problem::object).containsExactly(at);
        assertThat(check().problems().getFirst().entry()).isTrue();
    }

    @Test
    void aWholeMetalogTellsEveryLeaderThereEverWas() {
        stored();

        MetalogCheck check = check();

        assertThat(check.problems()).isEmpty();
        assertThat(check.image().number()).isEqualTo(4);
        assertThat(check.leaders().get(new ShardId(0)))
                .isEqualTo(Map.of(
                        new LeaderEpoch(2), ACluster.incarnation(1), new LeaderEpoch(3), ACluster.incarnation(2)));
        assertThat(check.deaths())
                .containsExactly(
                        new MetalogCheck.Death(ACluster.incarnation(1), new ShardId(0), new LeaderEpoch(3)),
                        new MetalogCheck.Death(ACluster.incarnation(1), new ShardId(2), new LeaderEpoch(3)));
        assertThat(check.cleaned()).containsExactly(ACluster.topicId(1));
        assertThat(check.announced()).containsExactlyInAnyOrder(ACluster.incarnation(1), ACluster.incarnation(2));
    }

    @Test
    void itReadsOnWhenEntriesCome() {
        stored();
        MetalogCheck check = check();
        cluster.withTopic("more", ACluster.topicId(2), 1);
        put(keys.entry(5), cluster.entry(5).bytes());

        check.readOn();

        assertThat(check.image().number()).isEqualTo(5);
        assertThat(check.problems()).isEmpty();
    }

    @Test
    void aMissingEntryBreaksTheChain() {
        stored();
        bucket.delete(keys.entry(3)).join();

        assertBroken(keys.entry(3));
    }

    @Test
    void aDamagedEntryBreaksTheChain() {
        stored();
        put(keys.entry(2), flipped(keys.entry(2)));

        assertBroken(keys.entry(2));
    }

    @Test
    void anEntryThatNamesAnotherPredecessorBreaksTheChain() {
        stored();
        ACluster other = ACluster.withShards(4).withBrokers(1);
        other.failover(1, 1);
        put(keys.entry(3), other.entry(3).bytes());

        assertBroken(keys.entry(3));
    }

    @Test
    void anEntryOfAnotherControlPlaneIsVoidAndNoDamage() {
        stored();
        ImageChange change =
                cluster.enterAs(ACluster.STRANGER, List.of(MetalogRecords.retire(ACluster.incarnation(1))));
        assertThat(change.isVoid()).isTrue();
        put(keys.entry(5), cluster.entry(5).bytes());

        MetalogCheck check = check();

        assertThat(check.problems()).isEmpty();
        assertThat(check.remarks()).hasSize(1).first().asString().contains("entry 5 is void");
    }

    @Test
    void aSnapshotThatIsNotTheImageIsNamed() {
        stored();
        put(keys.snapshot(2), flipped(keys.snapshot(3)));

        assertThat(check().problems()).extracting(MetalogCheck.Problem::object).containsExactly(keys.snapshot(2));
        assertThat(check().problems().getFirst().entry()).isFalse();
    }

    @Test
    void anotherClustersIdentityIsNamed() {
        stored();
        put(keys.cluster(), new ClusterIdentity("other", "tenant", 4, 1).encode());

        assertThat(check().problems()).extracting(MetalogCheck.Problem::object).containsExactly(keys.cluster());
    }
}
