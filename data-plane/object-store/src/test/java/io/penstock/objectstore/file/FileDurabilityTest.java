// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.HeadOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectVersion;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import java.io.IOException;
import java.io.SyncFailedException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the file store does to the disk, and in which order, before it answers.
class FileDurabilityTest {
    private static final ObjectKey KEY = ObjectKey.of("a/b/key");

    @TempDir
    private Path root;

    private RecordingDisk disk;
    private FileObjectStore store;

    @BeforeEach
    void openOnARecordingDisk() throws IOException {
        Files.createDirectory(root.resolve("@tmp"));
        disk = new RecordingDisk(root);
        store = aStore(7);
    }

    private FileObjectStore aStore(long seed) {
        // On the caller's thread: what is recorded when the call returns was done before the answer.
        return new FileObjectStore(
                disk, root, Runnable::run, new Random(seed), Instant::now, FileStoreSettings.defaults());
    }

    @Test
    void aStoredPutIsWrittenSyncedLinkedAndItsFoldersSyncedBeforeTheAnswer() {
        assertThat(put("content", PutCondition.ifAbsent())).isInstanceOf(PutOutcome.Stored.class);

        assertThat(disk.calls())
                .containsExactly(
                        "create temporary",
                        "write 7",
                        "write 24",
                        "fsync temporary",
                        "mkdir a",
                        "fsync folder ",
                        "mkdir a/b",
                        "fsync folder a",
                        "link temporary a/b/key",
                        "unlink temporary",
                        "fsync folder a/b");
    }

    @Test
    void aPutIntoAKnownFolderCostsOneFsyncOfTheFileAndOneOfTheFolder() {
        put("content", PutCondition.ifAbsent());
        disk.forget();

        store.put(ObjectKey.of("a/b/other"), bytes("x"), PutCondition.ifAbsent());

        assertThat(disk.calls())
                .containsExactly(
                        "create temporary",
                        "write 1",
                        "write 24",
                        "fsync temporary",
                        "link temporary a/b/other",
                        "unlink temporary",
                        "fsync folder a/b");
    }

    @Test
    void aRefusedPutSyncsTheFolderAndItsParentsBeforeTheAnswer() throws IOException {
        // Another process linked the key and was frozen before its fsyncs.
        FileObjectStore another = aStore(8);
        disk.intercept(call -> {
            if (call.startsWith("fsync folder")) {
                throw new IOException("frozen");
            }
        });
        Files.createDirectories(root.resolve("a/b"));
        assertThat(another.put(KEY, bytes("theirs"), PutCondition.ifAbsent()).join())
                .isInstanceOf(PutOutcome.Unknown.class);
        disk.intercept(_ -> {});
        Files.write(root.resolve("a/b/key"), fileOf("theirs"));
        disk.forget();

        assertThat(put("ours", PutCondition.ifAbsent())).isEqualTo(new PutOutcome.Refused());

        assertThat(disk.calls())
                .as("refused by a key whose writer may never have synced it")
                .containsExactly("mkdir a", "fsync folder ", "mkdir a/b", "fsync folder a", "fsync folder a/b");
    }

    @Test
    void aPutThatLosesTheRaceAtItsLinkSyncsTheFolderBeforeItIsRefused() {
        FileObjectStore another = aStore(8);
        disk.intercept(call -> {
            if (call.startsWith("link")) {
                disk.intercept(_ -> {});
                another.put(KEY, bytes("quicker"), PutCondition.ifAbsent());
                disk.forget();
            }
        });

        assertThat(put("slower", PutCondition.ifAbsent())).isEqualTo(new PutOutcome.Refused());

        assertThat(disk.calls()).containsExactly("link temporary a/b/key", "fsync folder a/b", "unlink temporary");
        assertThat(content()).isEqualTo("quicker");
    }

    @Test
    void aCompareAndSetIsLinkedAsTheNextSuccessorAndItsFolderSyncedBeforeTheAnswer() {
        ObjectVersion first = stored(put("first", PutCondition.ifAbsent()));
        disk.forget();

        ObjectVersion second = stored(put("second", PutCondition.ifVersion(first)));

        String one = "a/b/key@successors/0000000000000000001";
        assertThat(disk.calls())
                .containsExactly(
                        "create temporary",
                        "write 6",
                        "write 24",
                        "fsync temporary",
                        "mkdir a/b/key@successors",
                        "fsync folder a/b",
                        "link temporary " + one,
                        "unlink temporary",
                        "fsync folder a/b/key@successors");

        disk.forget();
        assertThat(put("third", PutCondition.ifVersion(first))).isEqualTo(new PutOutcome.Refused());
        assertThat(disk.calls()).containsExactly("fsync folder a/b/key@successors");

        disk.forget();
        stored(put("third", PutCondition.ifVersion(second)));
        assertThat(disk.calls())
                .containsExactly(
                        "create temporary",
                        "write 5",
                        "write 24",
                        "fsync temporary",
                        "link temporary a/b/key@successors/0000000000000000002",
                        "unlink temporary",
                        "fsync folder a/b/key@successors");
    }

    @Test
    void aDeleteIsDurableBeforeTheAnswer() {
        ObjectVersion first = stored(put("first", PutCondition.ifAbsent()));
        stored(put("second", PutCondition.ifVersion(first)));
        disk.forget();

        assertThat(store.delete(KEY).join()).isEqualTo(new DeleteOutcome.Deleted());

        assertThat(disk.calls())
                .containsExactly(
                        "unlink a/b/key",
                        "fsync folder a/b",
                        "unlink a/b/key@successors/0000000000000000001",
                        "rmdir a/b/key@successors");
    }

    @Test
    void aFileWhoseFsyncFailsIsNeverLinked() {
        failAt("fsync temporary");

        assertThat(put("content", PutCondition.ifAbsent())).isInstanceOf(PutOutcome.Unknown.class);

        assertThat(disk.calls()).noneMatch(call -> call.startsWith("link")).contains("unlink temporary");
        assertThat(store.head(KEY).join()).isEqualTo(new HeadOutcome.Absent());
    }

    @Test
    void aFolderWhoseFsyncFailsIsNeverTrustedAgain() {
        put("content", PutCondition.ifAbsent());
        disk.intercept(call -> {
            if (call.equals("fsync folder a/b")) {
                disk.intercept(_ -> {});
                throw new SyncFailedException("disk on fire");
            }
        });
        ObjectKey second = ObjectKey.of("a/b/second");

        assertThat(store.put(second, bytes("x"), PutCondition.ifAbsent()).join())
                .isInstanceOf(PutOutcome.Unknown.class);
        // The kernel reports a lost write once; the next fsync would succeed and prove nothing.
        assertThat(store.put(second, bytes("x"), PutCondition.ifAbsent()).join())
                .isInstanceOf(PutOutcome.Unknown.class);
        assertThat(store.put(ObjectKey.of("elsewhere/key"), bytes("x"), PutCondition.ifAbsent())
                        .join())
                .isInstanceOf(PutOutcome.Stored.class);
    }

    @Test
    void aFullOrFailingDiskIsUnknownAtEveryStep() {
        for (String step : List.of("create", "write", "fsync temporary", "mkdir", "fsync folder", "link")) {
            failAt(step);
            ObjectKey key = ObjectKey.of("step-" + step.replace(' ', '-') + "/key");

            assertThat(store.put(key, bytes("x"), PutCondition.ifAbsent()).join())
                    .as(step)
                    .isInstanceOf(PutOutcome.Unknown.class);

            disk.intercept(_ -> {});
            assertThat(store.put(key, bytes("x"), PutCondition.ifAbsent()).join())
                    .as("again after %s failed", step)
                    .isInstanceOf(PutOutcome.Stored.class);
        }
    }

    @Test
    void aFrozenCompareAndSetThatFindsItsNumberFreeAgainIsUnknownAndChangesNothing() throws IOException {
        ObjectVersion first = stored(put("first", PutCondition.ifAbsent()));
        FileObjectStore frozen = aStore(8);
        var impatient = new FileObjectStore(
                new OsDisk(),
                root,
                Runnable::run,
                new Random(9),
                () -> Instant.now().plusSeconds(3600),
                new FileStoreSettings(Duration.ofSeconds(60), Duration.ofHours(1)));
        disk.intercept(call -> {
            if (call.startsWith("link")) {
                disk.intercept(_ -> {});
                ObjectVersion version = first;
                for (int i = 1; i <= 4; i++) {
                    version = stored(impatient
                            .put(KEY, bytes("successor " + i), PutCondition.ifVersion(version))
                            .join());
                }
            }
        });

        PutOutcome outcome =
                frozen.put(KEY, bytes("woken"), PutCondition.ifVersion(first)).join();

        assertThat(outcome).isInstanceOf(PutOutcome.Unknown.class);
        assertThat(content()).isEqualTo("successor 4");
    }

    @Test
    void aCompareAndSetOnADeletedKeyIsUnknownAndChangesNothing() {
        ObjectVersion first = stored(put("first", PutCondition.ifAbsent()));
        FileObjectStore frozen = aStore(8);
        disk.intercept(call -> {
            if (call.startsWith("link")) {
                disk.intercept(_ -> {});
                store.delete(KEY).join();
                stored(put("created again", PutCondition.ifAbsent()));
            }
        });

        PutOutcome outcome =
                frozen.put(KEY, bytes("woken"), PutCondition.ifVersion(first)).join();

        assertThat(outcome).isInstanceOf(PutOutcome.Unknown.class);
        assertThat(content()).isEqualTo("created again");
    }

    @Test
    void versionsDifferAlsoForTheSameBytesAfterADelete() {
        ObjectVersion first = stored(put("same", PutCondition.ifAbsent()));
        store.delete(KEY).join();
        ObjectVersion second = stored(put("same", PutCondition.ifAbsent()));

        assertThat(second).isNotEqualTo(first);
        assertThat(put("x", PutCondition.ifVersion(first))).isEqualTo(new PutOutcome.Refused());
    }

    @Test
    void replacedVersionsLeaveAfterTheGrace() throws IOException {
        var patient = new FileObjectStore(
                disk, root, Runnable::run, new Random(7), Instant::now, FileStoreSettings.defaults());
        var impatient = new FileObjectStore(
                disk,
                root,
                Runnable::run,
                new Random(8),
                () -> Instant.now().plusSeconds(60),
                new FileStoreSettings(Duration.ofSeconds(1), Duration.ofHours(1)));
        ObjectVersion version =
                stored(patient.put(KEY, bytes("0"), PutCondition.ifAbsent()).join());
        for (int i = 1; i <= 5; i++) {
            version = stored(patient.put(KEY, bytes("" + i), PutCondition.ifVersion(version))
                    .join());
        }
        assertThat(successors()).hasSize(5);

        stored(impatient.put(KEY, bytes("6"), PutCondition.ifVersion(version)).join());

        assertThat(successors()).containsExactly("0000000000000000006");
        assertThat(content()).isEqualTo("6");
    }

    private List<String> successors() throws IOException {
        try (var folders = Files.newDirectoryStream(root.resolve("a/b"), "key@*")) {
            Path folder = folders.iterator().next();
            try (var files = Files.list(folder)) {
                return files.map(file -> file.getFileName().toString()).sorted().toList();
            }
        }
    }

    @Test
    void neitherTemporariesNorVersionsAreListed() throws IOException {
        ObjectVersion first = stored(put("first", PutCondition.ifAbsent()));
        stored(put("second", PutCondition.ifVersion(first)));
        Files.write(root.resolve("@tmp/remains"), new byte[5]);

        var listed = (ListOutcome.Listed) store.list("", Optional.empty(), 1000).join();

        assertThat(listed.objects()).extracting(ListOutcome.Entry::key).containsExactly(KEY);
        assertThat(listed.objects().getFirst().size()).isEqualTo(6);
        assertThat(((ListOutcome.Listed)
                                store.list("@tmp/", Optional.empty(), 10).join())
                        .objects())
                .isEmpty();
        assertThat(((ListOutcome.Listed) store.list("../", Optional.empty(), 10).join()).objects())
                .isEmpty();
    }

    @Test
    void aFileThatIsNotOursIsToldApart() throws IOException {
        Files.writeString(root.resolve("note"), "somebody else's file, of some length");

        assertThat(store.get(ObjectKey.of("note")).join())
                .isInstanceOfSatisfying(
                        GetOutcome.Failed.class,
                        failed -> assertThat(failed.cause()).hasMessageContaining("not an object of Penstock"));
    }

    @Test
    void aKeyBelowAnotherKeyIsNeverStored() {
        put("content", PutCondition.ifAbsent());

        assertThat(store.put(ObjectKey.of("a/b/key/below"), bytes("x"), PutCondition.ifAbsent())
                        .join())
                .isInstanceOf(PutOutcome.Unknown.class);
        assertThat(store.put(ObjectKey.of("a/b"), bytes("x"), PutCondition.ifAbsent())
                        .join())
                .isInstanceOfSatisfying(
                        PutOutcome.Unknown.class,
                        unknown -> assertThat(unknown.cause()).hasMessageContaining("path prefix"));
    }

    @Test
    void putsAtTheSameTimeShareTheFsyncOfTheirFolder() throws Exception {
        put("first of the folder", PutCondition.ifAbsent());
        disk.forget();
        int writers = 6;
        CountDownLatch linked = new CountDownLatch(writers);
        disk.intercept(call -> {
            if (call.equals("unlink temporary")) {
                linked.countDown();
            } else if (call.equals("fsync folder a/b")) {
                await(linked);
            }
        });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var parallel = new FileObjectStore(
                    disk, root, threads, new SecureRandom(), Instant::now, FileStoreSettings.defaults());
            List<CompletableFuture<PutOutcome>> puts = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                puts.add(parallel.put(ObjectKey.of("a/b/key-" + i), bytes("x"), PutCondition.ifAbsent()));
            }
            assertThat(puts).allSatisfy(put -> assertThat(put.join()).isInstanceOf(PutOutcome.Stored.class));
        }
        assertThat(disk.calls().stream().filter("fsync folder a/b"::equals).count())
                .isBetween(1L, 2L);
    }

    @Test
    void aClosedStoreAnswersUnknown() {
        store.close();

        assertThat(put("x", PutCondition.ifAbsent())).isInstanceOf(PutOutcome.Unknown.class);
        assertThat(store.get(KEY).join()).isInstanceOf(GetOutcome.Failed.class);
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void failAt(String step) {
        disk.intercept(call -> {
            if (call.startsWith(step)) {
                throw new IOException("injected at " + call);
            }
        });
    }

    private static byte[] fileOf(String content) {
        ByteBuffer trailer = ObjectFile.trailer(ObjectFile.version(1, 2));
        ByteBuffer file = ByteBuffer.allocate(content.length() + ObjectFile.TRAILER_BYTES);
        return file.put(bytes(content)).put(trailer).array();
    }

    private PutOutcome put(String content, PutCondition condition) {
        return store.put(KEY, bytes(content), condition).join();
    }

    private String content() {
        var found = (GetOutcome.Found) store.get(KEY).join();
        return UTF_8.decode(found.bytes()).toString();
    }

    private static ObjectVersion stored(PutOutcome outcome) {
        return ((PutOutcome.Stored) outcome).version();
    }

    private static ByteBuffer bytes(String content) {
        return ByteBuffer.wrap(content.getBytes(UTF_8));
    }
}
