// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.penstock.log.LogRuntime;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LogKeys;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Proves, before this broker offers itself for a cluster, that it can use the cluster's bucket: puts a small object if
/// absent, finds that a second put is refused, reads the first one's bytes back, deletes it.
///
/// That is no certification (R14), which many clients at once must pass: it finds what is wrong with *this* broker,
/// such as
/// credentials, a route, a proxy that drops conditions. Tries again for as long as it takes, says why each time, and
/// never
/// ends the process.
public final class BucketCanary implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(BucketCanary.class);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final String clusterId;
    private final LogKeys keys;
    private final ObjectStore store;
    private final LogRuntime runtime;
    private final Executor actor;
    private final CompletableFuture<Void> proven = new CompletableFuture<>();
    private volatile boolean closed;

    /// @param actor where everything of it runs
    public BucketCanary(String clusterId, ClusterPrefix prefix, ObjectStore store, LogRuntime runtime, Executor actor) {
        this.clusterId = clusterId;
        this.keys = new LogKeys(prefix);
        this.store = store;
        this.runtime = runtime;
        this.actor = actor;
    }

    /// Completes on the actor once the bucket is proven usable; never, if it never is or this is closed.
    public CompletableFuture<Void> proven() {
        actor.execute(() -> attempt(1));
        return proven;
    }

    @Override
    public void close() {
        closed = true;
    }

    private void attempt(int number) {
        if (closed) {
            return;
        }
        String name = Incarnation.random(runtime.random()).toString();
        ObjectKey key = keys.canary(name);
        ByteBuffer bytes = ByteBuffer.wrap(name.getBytes(US_ASCII)).asReadOnlyBuffer();
        store.put(key, bytes, PutCondition.ifAbsent())
                .thenCompose(outcome -> switch (outcome) {
                    case PutOutcome.Stored _ -> again(key, bytes);
                    case PutOutcome.Refused _ -> wrong("a put under a key that was never used is refused");
                    case PutOutcome.Unknown(Throwable cause) -> wrong("a put is not answered: " + cause);
                })
                .exceptionally(failure -> String.valueOf(failure))
                .thenAcceptAsync(problem -> judge(problem, key, number), actor);
    }

    private CompletableFuture<String> again(ObjectKey key, ByteBuffer bytes) {
        ByteBuffer other = ByteBuffer.wrap(new byte[] {0});
        return store.put(key, other, PutCondition.ifAbsent()).thenCompose(outcome -> switch (outcome) {
            case PutOutcome.Refused _ -> readBack(key, bytes);
            case PutOutcome.Stored _ ->
                wrong("a put `if absent` replaced an object: this store must not hold Penstock clusters");
            case PutOutcome.Unknown(Throwable cause) -> wrong("a second put is not answered: " + cause);
        });
    }

    private CompletableFuture<String> readBack(ObjectKey key, ByteBuffer bytes) {
        return store.get(key).thenCompose(outcome -> switch (outcome) {
            case GetOutcome.Found found ->
                found.bytes().equals(bytes) ? wrong("") : wrong("what was put is read back altered");
            case GetOutcome.Absent _ -> wrong("what was put is not there");
            case GetOutcome.Failed(Throwable cause) -> wrong("a get is not answered: " + cause);
        });
    }

    private static CompletableFuture<String> wrong(String problem) {
        return CompletableFuture.completedFuture(problem);
    }

    private void judge(String problem, ObjectKey key, int number) {
        // Also where nothing is known to be there. What cannot be deleted is small, and found by `bucket fsck`.
        store.delete(key);
        if (closed) {
            return;
        }
        if (problem.isEmpty()) {
            log.info("event=bucket_usable cluster={} attempts={}", clusterId, number);
            proven.complete(null);
            return;
        }
        long pause = Math.min(LONGEST.toMillis(), SHORTEST.toMillis() << Math.min(10, number - 1));
        log.error(
                "event=bucket_unusable cluster={} attempt={} nextInMs={} reason={}", clusterId, number, pause, problem);
        runtime.schedule(Duration.ofMillis(pause), actor, () -> attempt(number + 1));
    }
}
