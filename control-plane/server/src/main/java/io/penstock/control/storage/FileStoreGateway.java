// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.storage;

import io.penstock.api.BucketVerification;
import io.penstock.api.BucketVerification.Check;
import io.penstock.control.problem.ProblemException;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.file.FileObjectStore;
import io.penstock.objectstore.file.FileStoreSettings;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.springframework.stereotype.Component;

/// Stores in folders of this machine.
@Component
class FileStoreGateway implements StoreGateway {
    private final Clock clock;
    private final RandomGenerator random;
    private final ExecutorService disk = Executors.newCachedThreadPool();

    FileStoreGateway(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    @Override
    public ObjectStore open(String uri, Optional<StoreCredentials> credentials) {
        if (!uri.startsWith("file:/")) {
            throw ProblemException.field("/spec/uri", "unknown_scheme", "use file:/DIR");
        }
        try {
            return FileObjectStore.open(
                    Path.of(uri.substring("file:".length())), disk, random, clock, FileStoreSettings.defaults());
        } catch (IOException e) {
            throw ProblemException.field("/spec/uri", "unusable", e.toString());
        }
    }

    @Override
    public BucketVerification certify(ObjectStore store) {
        var started = clock.instant();
        var key = ObjectKey.of("certification/" + Long.toHexString(random.nextLong()));
        var attempts = java.util.stream.IntStream.range(0, 16)
                .mapToObj(i -> store.put(
                        key,
                        ByteBuffer.wrap(("attempt " + i).getBytes(StandardCharsets.UTF_8)),
                        PutCondition.ifAbsent()))
                .toList();
        var winners = attempts.stream()
                .filter(attempt -> attempt.join() instanceof PutOutcome.Stored)
                .count();
        store.delete(key).join();
        return new BucketVerification(
                winners == 1,
                started,
                Duration.between(started, clock.instant()).toMillis(),
                List.of(new Check("put if absent", winners == 1, winners + " of 16 concurrent writers won")));
    }

    @PreDestroy
    void close() {
        disk.close();
    }
}
