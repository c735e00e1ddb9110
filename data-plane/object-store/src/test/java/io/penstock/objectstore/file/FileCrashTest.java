// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Lets the power go before every call to the disk in turn, and looks for what was answered before.
class FileCrashTest {
    private static final Path ROOT = Path.of("/store");
    private static final List<ObjectKey> KEYS = IntStream.range(0, 6)
            .mapToObj(n -> ObjectKey.of("a/" + n % 3 + "/" + n))
            .toList();
    /// Makes the grace of replaced versions short enough to matter.
    private static final FileStoreSettings NO_GRACE = new FileStoreSettings(Duration.ZERO, Duration.ofHours(1));

    /// What may be at a key after a crash: several things where an answer was unknown.
    private static final class Expectation {
        private final Map<ObjectKey, Set<Optional<String>>> possible = new HashMap<>();

        private Set<Optional<String>> at(ObjectKey key) {
            return possible.computeIfAbsent(key, _ -> new HashSet<>(Set.of(Optional.empty())));
        }

        void is(ObjectKey key, Optional<String> content) {
            possible.put(key, new HashSet<>(Set.of(content)));
        }

        void mayBe(ObjectKey key, Optional<String> content) {
            at(key).add(content);
        }
    }

    @Test
    void whatWasAnsweredSurvivesTheLossOfPowerAtAnyCall() throws IOException {
        int crashes = 0;
        for (int powerGoesAt = 1; powerGoesAt <= 400; powerGoesAt++) {
            for (int seed = 0; seed < 4; seed++) {
                crashes += crashAt(powerGoesAt, seed) ? 1 : 0;
            }
        }
        assertThat(crashes).isGreaterThan(1_500);
    }

    /// Answers whether the power went at all.
    private static boolean crashAt(long powerGoesAt, int seed) throws IOException {
        Random random = new Random(seed * 7_919L + powerGoesAt);
        VolatileDisk disk = new VolatileDisk(ROOT, Long.MAX_VALUE);
        disk.makeFolder(ROOT.resolve("@tmp"));
        disk.syncFolder(ROOT);
        disk = disk.afterTheCrash(random, powerGoesAt);
        Expectation expected = new Expectation();
        FileObjectStore store = storeOn(disk, random);
        for (int step = 0; step < 60 && !disk.isDead(); step++) {
            act(store, random, expected, "content " + step);
        }
        boolean crashed = disk.isDead();

        FileObjectStore recovered = storeOn(disk.afterTheCrash(random, Long.MAX_VALUE), random);
        String where = "power gone at call " + powerGoesAt + ", seed " + seed + ", ";
        for (ObjectKey key : KEYS) {
            Optional<String> content = content(recovered.get(key).join());
            assertThat(expected.at(key)).as(where + key).contains(content);
            // And the key goes on as it should.
            PutOutcome again =
                    recovered.put(key, bytes("again"), PutCondition.ifAbsent()).join();
            assertThat(again)
                    .as(where + "put if absent of " + key + ", which holds " + content)
                    .isInstanceOf(content.isPresent() ? PutOutcome.Refused.class : PutOutcome.Stored.class);
        }
        return crashed;
    }

    private static FileObjectStore storeOn(VolatileDisk disk, Random random) {
        return new FileObjectStore(disk, ROOT, Runnable::run, random, InstantSource.fixed(Instant.EPOCH), NO_GRACE);
    }

    private static void act(FileObjectStore store, Random random, Expectation expected, String content) {
        ObjectKey key = KEYS.get(random.nextInt(KEYS.size()));
        switch (random.nextInt(6)) {
            case 0 -> {
                switch (store.delete(key).join()) {
                    case DeleteOutcome.Deleted _ -> expected.is(key, Optional.empty());
                    case DeleteOutcome.Unknown _ -> expected.mayBe(key, Optional.empty());
                }
            }
            case 1 -> put(store, key, content, PutCondition.always(), expected);
            case 2, 3 -> put(store, key, content, PutCondition.ifAbsent(), expected);
            default -> {
                if (store.get(key).join() instanceof GetOutcome.Found found) {
                    put(store, key, content, PutCondition.ifVersion(found.version()), expected);
                }
            }
        }
    }

    private static void put(
            FileObjectStore store, ObjectKey key, String content, PutCondition condition, Expectation expected) {
        switch (store.put(key, bytes(content), condition).join()) {
            case PutOutcome.Stored _ -> expected.is(key, Optional.of(content));
            case PutOutcome.Unknown _ -> expected.mayBe(key, Optional.of(content));
            case PutOutcome.Refused _ -> {
                switch (condition) {
                    case PutCondition.Always _ -> fail("a put without condition was refused");
                    // Something is there, and it is there for ever.
                    case PutCondition.IfAbsent _ -> expected.at(key).remove(Optional.<String>empty());
                    case PutCondition.IfVersion _ -> fail("nobody else writes, and yet another version is there");
                }
            }
        }
    }

    private static Optional<String> content(GetOutcome outcome) {
        return switch (outcome) {
            case GetOutcome.Found found ->
                Optional.of(UTF_8.decode(found.bytes()).toString());
            case GetOutcome.Absent _ -> Optional.empty();
            case GetOutcome.Failed(Throwable cause) -> throw new AssertionError(cause);
        };
    }

    private static ByteBuffer bytes(String content) {
        return ByteBuffer.wrap(content.getBytes(UTF_8));
    }
}
