// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/// The promises of [ObjectStore], one test each. A store's test extends it and opens the store.
public abstract class ObjectStoreContract {
    private ObjectStore store;
    private ObjectStore other;
    private String root;

    /// Opens the place under test once more: another connection to the same objects. The contract closes it.
    protected abstract ObjectStore open();

    @BeforeEach
    void openTheStoreTwice(TestInfo test) {
        root = "contract/" + test.getTestMethod().orElseThrow().getName() + "/";
        store = open();
        other = open();
    }

    @AfterEach
    void closeBoth() {
        store.close();
        other.close();
    }

    @Test
    void aStoredObjectIsFoundWholeByEverybody() {
        ObjectVersion version = stored(put("a", "content", PutCondition.ifAbsent()));

        for (ObjectStore anybody : List.of(store, other)) {
            GetOutcome.Found found = found(anybody.get(key("a")).join());
            assertThat(text(found)).isEqualTo("content");
            assertThat(found.objectSize()).isEqualTo(7);
            assertThat(found.version()).isEqualTo(version);
            assertThat(anybody.head(key("a")).join()).isEqualTo(new HeadOutcome.Found(version, 7));
        }
    }

    @Test
    void nothingIsFoundWhereNothingWasPut() {
        assertThat(store.get(key("a")).join()).isEqualTo(new GetOutcome.Absent());
        assertThat(store.get(key("a"), new ByteRange(3, 4)).join()).isEqualTo(new GetOutcome.Absent());
        assertThat(store.head(key("a")).join()).isEqualTo(new HeadOutcome.Absent());
        assertThat(keysOf(store.list(root, Optional.empty(), 1000).join())).isEmpty();
    }

    @Test
    void aPutIfAbsentIsRefusedWhereSomethingIs() {
        stored(put("a", "first", PutCondition.ifAbsent()));

        assertThat(put("a", "second", PutCondition.ifAbsent())).isEqualTo(new PutOutcome.Refused());
        assertThat(put("a", "first", PutCondition.ifAbsent())).isEqualTo(new PutOutcome.Refused());
        assertThat(textAt("a")).isEqualTo("first");
    }

    @Test
    void aPutReplacesWhatIsThereAndChangesItsVersion() {
        ObjectVersion first = stored(put("a", "first", PutCondition.always()));
        ObjectVersion second = stored(put("a", "second", PutCondition.always()));

        assertThat(second).isNotEqualTo(first);
        assertThat(textAt("a")).isEqualTo("second");
        assertThat(store.head(key("a")).join()).isEqualTo(new HeadOutcome.Found(second, 6));
    }

    @Test
    void aPutIfVersionReplacesExactlyThatVersion() {
        ObjectVersion first = stored(put("a", "first", PutCondition.ifAbsent()));
        ObjectVersion second = stored(put("a", "second", PutCondition.ifVersion(first)));

        assertThat(put("a", "third", PutCondition.ifVersion(first))).isEqualTo(new PutOutcome.Refused());
        assertThat(textAt("a")).isEqualTo("second");

        stored(put("a", "fourth", PutCondition.ifVersion(second)));
        assertThat(textAt("a")).isEqualTo("fourth");
    }

    @Test
    void aPutIfVersionIsRefusedWhereNothingIs() {
        ObjectVersion elsewhere = stored(put("b", "other", PutCondition.ifAbsent()));
        assertThat(put("a", "x", PutCondition.ifVersion(elsewhere))).isEqualTo(new PutOutcome.Refused());

        ObjectVersion deleted = stored(put("a", "was here", PutCondition.ifAbsent()));
        deleted(store.delete(key("a")).join());
        assertThat(put("a", "x", PutCondition.ifVersion(deleted))).isEqualTo(new PutOutcome.Refused());
        assertThat(store.head(key("a")).join()).isEqualTo(new HeadOutcome.Absent());
    }

    @Test
    void aPutIfAbsentIsRefusedAfterACompareAndSet() {
        ObjectVersion first = stored(put("a", "first", PutCondition.ifAbsent()));
        stored(put("a", "second", PutCondition.ifVersion(first)));

        assertThat(put("a", "third", PutCondition.ifAbsent())).isEqualTo(new PutOutcome.Refused());
        assertThat(textAt("a")).isEqualTo("second");
    }

    @Test
    void aDeletedKeyCountsAsAbsent() {
        ObjectVersion first = stored(put("a", "first", PutCondition.ifAbsent()));
        stored(put("a", "second", PutCondition.ifVersion(first)));

        deleted(store.delete(key("a")).join());

        assertThat(other.get(key("a")).join()).isEqualTo(new GetOutcome.Absent());
        assertThat(other.head(key("a")).join()).isEqualTo(new HeadOutcome.Absent());
        assertThat(keysOf(other.list(root, Optional.empty(), 1000).join())).isEmpty();
        stored(put("a", "again", PutCondition.ifAbsent()));
        assertThat(textAt("a")).isEqualTo("again");
    }

    @Test
    void deletingWhatIsAbsentSucceeds() {
        deleted(store.delete(key("a")).join());
        deleted(store.delete(key("folder/that/never/was")).join());
    }

    @Test
    void aRangeFindsThatPart() {
        stored(put("a", "0123456789", PutCondition.ifAbsent()));

        assertThat(part("a", 0, 4)).isEqualTo("0123");
        assertThat(part("a", 3, 1)).isEqualTo("3");
        assertThat(part("a", 0, 10)).isEqualTo("0123456789");
    }

    @Test
    void aRangeBeyondTheEndIsCut() {
        stored(put("a", "0123456789", PutCondition.ifAbsent()));

        assertThat(part("a", 8, 100)).isEqualTo("89");
        assertThat(part("a", 10, 1)).isEmpty();
        assertThat(part("a", 5_000_000_000L, 7)).isEmpty();
        assertThat(text(found(other.get(key("a"), ByteRange.last(3)).join()))).isEqualTo("789");
        assertThat(text(found(other.get(key("a"), ByteRange.last(100)).join()))).isEqualTo("0123456789");
        GetOutcome.Found found = found(store.get(key("a"), new ByteRange(10, 1)).join());
        assertThat(found.objectSize()).isEqualTo(10);
        assertThat(new HeadOutcome.Found(found.version(), 10))
                .isEqualTo(store.head(key("a")).join());
    }

    @Test
    void anEmptyObjectIsAnObject() {
        stored(put("a", "", PutCondition.ifAbsent()));

        assertThat(textAt("a")).isEmpty();
        assertThat(part("a", 0, 1)).isEmpty();
        assertThat(text(found(other.get(key("a"), ByteRange.last(1)).join()))).isEmpty();
        assertThat(put("a", "", PutCondition.ifAbsent())).isEqualTo(new PutOutcome.Refused());
        assertThat(keysOf(store.list(root, Optional.empty(), 10).join())).containsExactly("a");
    }

    @Test
    void bytesComeBackAsTheyWent() {
        byte[] bytes = new byte[3_000_001];
        new Random(7).nextBytes(bytes);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length + 20);
        direct.position(7).put(bytes).flip().position(7);

        stored(store.put(key("direct"), direct, PutCondition.ifAbsent()).join());
        stored(store.put(key("heap"), ByteBuffer.wrap(bytes).asReadOnlyBuffer(), PutCondition.ifAbsent())
                .join());

        assertThat(direct.position()).isEqualTo(7);
        for (String name : List.of("direct", "heap")) {
            GetOutcome.Found found = found(other.get(key(name)).join());
            assertThat(found.bytes().isReadOnly()).isTrue();
            assertThat(found.objectSize()).isEqualTo(bytes.length);
            assertThat(found.bytes().mismatch(ByteBuffer.wrap(bytes))).isEqualTo(-1);
            GetOutcome.Found part =
                    found(other.get(key(name), new ByteRange(1_000_000, 70_000)).join());
            assertThat(part.bytes().mismatch(ByteBuffer.wrap(bytes, 1_000_000, 70_000)))
                    .isEqualTo(-1);
        }
    }

    @Test
    void onlyBytesBetweenPositionAndLimitArePut() {
        ByteBuffer bytes =
                ByteBuffer.wrap("0123456789".getBytes(UTF_8)).position(2).limit(5);

        stored(store.put(key("a"), bytes, PutCondition.always()).join());

        assertThat(textAt("a")).isEqualTo("234");
        assertThat(bytes.position()).isEqualTo(2);
        assertThat(bytes.limit()).isEqualTo(5);
    }

    @Test
    void aListingIsInKeyOrderAndOnlyOfThePrefix() {
        // '-' sorts before '/', '.' too: folder order of a file system would be another one.
        List<String> keys =
                List.of("a-b/x", "a.b", "a/b", "a/c", "a/c0/d", "a0", "aB", "a_", "ab/0000000000000000001", "b/a=1");
        for (String name : keys.reversed()) {
            stored(put(name, name, PutCondition.ifAbsent()));
        }

        assertThat(keysOf(other.list(root, Optional.empty(), 1000).join())).containsExactlyElementsOf(keys);
        assertThat(keysOf(other.list(root + "a/", Optional.empty(), 1000).join()))
                .containsExactly("a/b", "a/c", "a/c0/d");
        assertThat(keysOf(other.list(root + "a/c", Optional.empty(), 1000).join()))
                .containsExactly("a/c", "a/c0/d");
        assertThat(keysOf(other.list(root + "a", Optional.empty(), 1000).join()))
                .hasSize(9);
        assertThat(keysOf(other.list(root + "nothing/", Optional.empty(), 1000).join()))
                .isEmpty();
        assertThat(other.list(root + "ab/", Optional.empty(), 1000).join())
                .isInstanceOfSatisfying(ListOutcome.Listed.class, listed -> {
                    assertThat(listed.more()).isFalse();
                    assertThat(listed.objects().getFirst().size()).isEqualTo(22);
                });
    }

    @Test
    void aListingGoesOnAfterAKey() {
        for (int i = 0; i < 25; i++) {
            stored(put("n/%02d".formatted(i), "x", PutCondition.ifAbsent()));
        }
        List<String> all = new ArrayList<>();
        Optional<ObjectKey> after = Optional.empty();
        boolean more = true;
        int pages = 0;
        while (more) {
            ListOutcome.Listed page =
                    (ListOutcome.Listed) store.list(root + "n/", after, 10).join();
            assertThat(page.objects()).hasSizeLessThanOrEqualTo(10);
            all.addAll(keysOf(page));
            after = page.objects().isEmpty()
                    ? after
                    : Optional.of(page.objects().getLast().key());
            more = page.more();
            pages++;
        }

        assertThat(pages).isBetween(3, 4);
        assertThat(all)
                .containsExactlyElementsOf(
                        IntStream.range(0, 25).mapToObj("n/%02d"::formatted).toList());
        // The key to go on after need not exist, and may lie before the prefix.
        assertThat(keysOf(store.list(root + "n/", Optional.of(key("n/22x")), 10).join()))
                .containsExactly("n/23", "n/24");
        assertThat(keysOf(store.list(root + "n/", Optional.of(key("a")), 3).join()))
                .containsExactly("n/00", "n/01", "n/02");
        assertThat(keysOf(store.list(root + "n/", Optional.of(key("z")), 3).join()))
                .isEmpty();
    }

    @Test
    void aListingShowsAKeyOnceHoweverOftenItWasWritten() {
        ObjectVersion version = stored(put("a", "1", PutCondition.ifAbsent()));
        for (int i = 2; i <= 12; i++) {
            version = stored(put("a", "x".repeat(i), PutCondition.ifVersion(version)));
        }
        stored(put("b", "1", PutCondition.always()));
        stored(put("b", "22", PutCondition.always()));

        ListOutcome.Listed listed =
                (ListOutcome.Listed) other.list(root, Optional.empty(), 1000).join();
        assertThat(keysOf(listed)).containsExactly("a", "b");
        assertThat(listed.objects()).extracting(ListOutcome.Entry::size).containsExactly(12L, 2L);
    }

    @Test
    void aLimitBeyondTheBoundsIsRefused() {
        assertThatThrownBy(() -> store.list(root, Optional.empty(), 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.list(root, Optional.empty(), 1001)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ofConcurrentPutsIfAbsentOneIsStored() throws Exception {
        for (int round = 0; round < 20; round++) {
            String name = "race/" + round;
            oneOfManyIsStored(name, PutCondition.ifAbsent());
        }
    }

    @Test
    void ofConcurrentPutsIfVersionOneIsStored() throws Exception {
        for (int round = 0; round < 20; round++) {
            String name = "race/" + round;
            ObjectVersion version = stored(put(name, "start", PutCondition.ifAbsent()));
            oneOfManyIsStored(name, PutCondition.ifVersion(version));
        }
    }

    private void oneOfManyIsStored(String name, PutCondition condition) throws Exception {
        int writers = 8;
        List<CompletableFuture<PutOutcome>> puts = new ArrayList<>();
        CountDownLatch go = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int writer = 0; writer < writers; writer++) {
                ObjectStore connection = writer % 2 == 0 ? store : other;
                ByteBuffer bytes = bytes("writer " + writer);
                puts.add(CompletableFuture.supplyAsync(
                                () -> {
                                    awaitUninterruptibly(go);
                                    return connection.put(key(name), bytes, condition);
                                },
                                threads)
                        .thenCompose(put -> put));
            }
            go.countDown();
        }
        List<PutOutcome> outcomes = puts.stream().map(CompletableFuture::join).toList();
        List<Integer> winners = IntStream.range(0, writers)
                .filter(writer -> outcomes.get(writer) instanceof PutOutcome.Stored)
                .boxed()
                .toList();
        assertThat(winners).as("%s of %s", name, outcomes).hasSize(1);
        assertThat(textAt(name)).isEqualTo("writer " + winners.getFirst());
    }

    @Test
    void aChainOfCompareAndSetsLosesNoUpdate() throws Exception {
        stored(put("list", "start", PutCondition.ifAbsent()));
        int writers = 4;
        int each = 10;
        List<Future<?>> done = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < writers; i++) {
                int writer = i;
                ObjectStore connection = i % 2 == 0 ? store : other;
                done.add(threads.submit(() -> {
                    for (int n = 0; n < each; n++) {
                        append(connection, writer + ":" + n);
                    }
                }));
            }
        }
        for (Future<?> writer : done) {
            writer.get();
        }
        List<String> expected = IntStream.range(0, writers)
                .boxed()
                .flatMap(writer -> IntStream.range(0, each).mapToObj(n -> writer + ":" + n))
                .toList();
        assertThat(textAt("list").split(","))
                .startsWith("start")
                .hasSize(1 + writers * each)
                .contains(expected.toArray(String[]::new));
    }

    private void append(ObjectStore connection, String word) {
        while (true) {
            GetOutcome.Found found = found(connection.get(key("list")).join());
            if (List.of(text(found).split(",")).contains(word)) {
                // An attempt with an unknown outcome came to be.
                return;
            }
            PutOutcome outcome = connection
                    .put(key("list"), bytes(text(found) + "," + word), PutCondition.ifVersion(found.version()))
                    .join();
            switch (outcome) {
                case PutOutcome.Stored _ -> {
                    return;
                }
                case PutOutcome.Refused _, PutOutcome.Unknown _ -> {}
            }
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    protected final ObjectKey key(String name) {
        return ObjectKey.of(root + name);
    }

    private PutOutcome put(String name, String content, PutCondition condition) {
        return store.put(key(name), bytes(content), condition).join();
    }

    private String textAt(String name) {
        String mine = text(found(store.get(key(name)).join()));
        String others = text(found(other.get(key(name)).join()));
        assertThat(others).isEqualTo(mine);
        return mine;
    }

    private String part(String name, long start, long length) {
        return text(found(other.get(key(name), new ByteRange(start, length)).join()));
    }

    private List<String> keysOf(ListOutcome outcome) {
        return switch (outcome) {
            case ListOutcome.Listed listed ->
                listed.objects().stream()
                        .map(entry -> entry.key().value().substring(root.length()))
                        .toList();
            case ListOutcome.Failed failed -> throw new AssertionError("the listing failed", failed.cause());
        };
    }

    private static ByteBuffer bytes(String content) {
        return ByteBuffer.wrap(content.getBytes(UTF_8));
    }

    private static String text(GetOutcome.Found found) {
        return UTF_8.decode(found.bytes().duplicate()).toString();
    }

    private static ObjectVersion stored(PutOutcome outcome) {
        return switch (outcome) {
            case PutOutcome.Stored(ObjectVersion version) -> version;
            case PutOutcome.Refused() -> throw new AssertionError("the put was refused");
            case PutOutcome.Unknown(Throwable cause) -> throw new AssertionError("the put is unknown", cause);
        };
    }

    private static GetOutcome.Found found(GetOutcome outcome) {
        return switch (outcome) {
            case GetOutcome.Found found -> found;
            case GetOutcome.Absent() -> throw new AssertionError("the object is absent");
            case GetOutcome.Failed(Throwable cause) -> throw new AssertionError("the get failed", cause);
        };
    }

    private static void deleted(DeleteOutcome outcome) {
        if (outcome instanceof DeleteOutcome.Unknown(Throwable cause)) {
            throw new AssertionError("the delete is unknown", cause);
        }
    }
}
