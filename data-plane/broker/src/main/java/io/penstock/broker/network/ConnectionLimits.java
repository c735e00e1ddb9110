// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts connections and says when there are too many.
final class ConnectionLimits {
    private final int max;
    private final String whose;
    private final Optional<ConnectionLimits> wider;
    private final AtomicInteger open = new AtomicInteger();

    private ConnectionLimits(int max, String whose, Optional<ConnectionLimits> wider) {
        this.max = max;
        this.whose = whose;
        this.wider = wider;
    }

    static ConnectionLimits ofProcess(int max) {
        return new ConnectionLimits(max, "process", Optional.empty());
    }

    /// A limit within this one.
    ConnectionLimits within(int narrowerMax, String narrowersName) {
        return new ConnectionLimits(narrowerMax, narrowersName, Optional.of(this));
    }

    /// Counts one more, here and in what is around; empty if it may be opened, else why not (and it is not
    /// counted).
    Optional<String> open() {
        Optional<String> refusedAround = wider.flatMap(ConnectionLimits::open);
        if (refusedAround.isPresent()) {
            return refusedAround;
        }
        if (open.incrementAndGet() > max) {
            open.decrementAndGet();
            wider.ifPresent(ConnectionLimits::closed);
            return Optional.of("the " + whose + " has " + max + " connections, which is its limit");
        }
        return Optional.empty();
    }

    void closed() {
        open.decrementAndGet();
        wider.ifPresent(ConnectionLimits::closed);
    }

    int count() {
        return open.get();
    }
}
