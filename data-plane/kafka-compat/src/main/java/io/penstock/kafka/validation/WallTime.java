// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.validation;

import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;

/// A wall clock in the shape that Kafka's validator asks for. It never waits.
record WallTime(LongSupplier wallMillis) implements Time {
    @Override
    public long milliseconds() {
        return wallMillis.getAsLong();
    }

    @Override
    public long nanoseconds() {
        return wallMillis.getAsLong() * 1_000_000L;
    }

    @Override
    public void sleep(long millis) {
        throw new UnsupportedOperationException("validation does not sleep");
    }

    @Override
    public void waitObject(Object monitor, Supplier<Boolean> condition, long deadlineMillis) {
        throw new UnsupportedOperationException("validation does not wait");
    }
}
