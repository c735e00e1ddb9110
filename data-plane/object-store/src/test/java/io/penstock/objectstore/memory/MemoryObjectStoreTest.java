// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.ObjectStoreContract;
import io.penstock.objectstore.PutCondition;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoryObjectStoreTest extends ObjectStoreContract {
    private final MemoryObjectStore place = new MemoryObjectStore();

    @Override
    protected ObjectStore open() {
        return place;
    }

    @Test
    void answersBeforeTheCallReturns() {
        assertThat(place.put(ObjectKey.of("a"), ByteBuffer.allocate(3), PutCondition.ifAbsent()))
                .isCompleted();
        assertThat(place.get(ObjectKey.of("a"))).isCompleted();
        assertThat(place.keys()).containsExactly(ObjectKey.of("a"));
        assertThat(place.totalBytes()).isEqualTo(3);
    }

    @Test
    void listingsShowTheGivenClock() {
        var store = new MemoryObjectStore(InstantSource.fixed(Instant.ofEpochMilli(42)));
        store.put(ObjectKey.of("a"), ByteBuffer.allocate(1), PutCondition.always());

        assertThat(store.list("", Optional.empty(), 10).join())
                .isEqualTo(new ListOutcome.Listed(List.of(new ListOutcome.Entry(ObjectKey.of("a"), 1, 42)), false));
    }
}
