// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.kafka.producers.TransactionTerms;
import io.penstock.kafka.security.ClusterAuthorizer;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupCoordinationTest {
    @Test
    void aGroupsHomeIsWhereKafkasCoordinatorLooksForIt() {
        // Names with negative hash codes among them: a sign lost on the way sends half of all groups to the wrong
        // broker.
        List<String> names =
                IntStream.range(0, 1000).mapToObj(n -> "group-" + n * 7919L).toList();
        assertThat(names).anyMatch(name -> name.hashCode() < 0);

        try (ClusterAuthorizer authorizer = new ClusterAuthorizer(Set.of());
                GroupCoordination coordination =
                        new GroupCoordination(0, "test", GroupSettings.of(50), new NoLog(), authorizer)) {
            assertThat(names)
                    .allSatisfy(name ->
                            assertThat(GroupCoordination.partitionFor(name, 50)).isEqualTo(coordination.homeOf(name)));
        }
    }

    private static final class NoLog implements GroupLog {
        @Override
        public long append(int partition, ByteBuffer batches, TransactionTerms terms) {
            throw new AssertionError("nothing is elected");
        }

        @Override
        public CompletableFuture<TransactionTerms> verify(
                int partition, String transactionalId, long producerId, short producerEpoch, int version) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Page> read(int partition, long offset, int maxBytes) {
            throw new AssertionError("nothing is elected");
        }
    }
}
