// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.certification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Clock;
import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.ForwardingObjectStore;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.HeadOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.ObjectVersion;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.certification.CertificationReport.CheckResult;
import io.penstock.objectstore.certification.CertificationReport.Passed;
import io.penstock.objectstore.certification.CertificationReport.Refused;
import io.penstock.objectstore.file.FileObjectStore;
import io.penstock.objectstore.file.FileStoreSettings;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCertificationTest {
    private static final CertificationSettings QUICK = new CertificationSettings(5, 8, 5, 10_000);

    private final MemoryObjectStore memory = new MemoryObjectStore();

    private static CertificationReport certify(ObjectStore... stores) {
        return new StoreCertification(QUICK, new Random(7), Clock.SYSTEM).certify(List.of(stores));
    }

    @Test
    void aMemoryStorePassesAndIsLeftClean() {
        CertificationReport report = certify(memory, memory);

        assertThat(report).isInstanceOf(Passed.class);
        assertThat(report.checks()).extracting(CheckResult::check).containsExactly(Check.values());
        assertThat(report.checks()).allMatch(CheckResult.Kept.class::isInstance);
        assertThat(report.latencies().puts()).isGreaterThan(80);
        assertThat(memory.keys()).isEmpty();
    }

    @Test
    void aFileStorePassesAndIsLeftClean(@TempDir Path folder) throws IOException {
        try (var threads = Executors.newFixedThreadPool(8);
                var one = openFile(folder, threads);
                var other = openFile(folder, threads)) {
            assertThat(certify(one, other)).isInstanceOf(Passed.class);
            assertThat(((ListOutcome.Listed) one.list("", Optional.empty(), 10).join()).objects())
                    .isEmpty();
        }
    }

    private static FileObjectStore openFile(Path folder, Executor threads) throws IOException {
        return FileObjectStore.open(
                folder, threads, new SecureRandom(), InstantSource.system(), FileStoreSettings.defaults());
    }

    @Test
    void aStoreWhereTheLastWriterWinsIsRefused() {
        ObjectStore lastWins = new ForwardingObjectStore(memory) {
            @Override
            public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
                return condition instanceof PutCondition.IfAbsent
                        ? super.put(key, bytes, PutCondition.always())
                        : super.put(key, bytes, condition);
            }
        };

        assertBroken(certify(lastWins, lastWins), Check.IF_ABSENT, "8 of 8 concurrent puts were stored");
        assertThat(memory.keys()).isEmpty();
    }

    @Test
    void aStoreThatChecksAndThenWritesIsRefused() {
        // Two of the writers look before either of them writes.
        ObjectStore checksFirst = new ForwardingObjectStore(memory) {
            private final Map<ObjectKey, Integer> attempts = new HashMap<>();

            @Override
            public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
                return condition instanceof PutCondition.IfAbsent && attempts.merge(key, 1, Integer::sum) <= 2
                        ? super.put(key, bytes, PutCondition.always())
                        : super.put(key, bytes, condition);
            }
        };

        assertBroken(certify(checksFirst, checksFirst), Check.IF_ABSENT, "2 of 8 concurrent puts were stored");
    }

    @Test
    void aStoreThatKeepsOtherBytesThanTheWinnersIsRefused() {
        ObjectStore overwrites = new ForwardingObjectStore(memory) {
            @Override
            public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
                return super.put(key, bytes, condition).thenApply(outcome -> {
                    if (outcome instanceof PutOutcome.Refused && condition instanceof PutCondition.IfAbsent) {
                        store.put(key, bytes, PutCondition.always());
                    }
                    return outcome;
                });
            }
        };

        assertBroken(
                certify(overwrites, overwrites),
                Check.IF_ABSENT,
                "writer 0 was told that it is stored, but the bytes of writer 7 are there");
    }

    @Test
    void aStoreThatIgnoresIfMatchIsRefused() {
        ObjectStore ignores = new ForwardingObjectStore(memory) {
            @Override
            public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
                return condition instanceof PutCondition.IfVersion
                        ? super.put(key, bytes, PutCondition.always())
                        : super.put(key, bytes, condition);
            }
        };

        CertificationReport report = certify(ignores, ignores);

        assertBroken(report, Check.IF_VERSION, "8 of 8 concurrent puts were stored");
        assertBroken(report, Check.IF_VERSION_MISMATCH, "a put on an older version was stored");
    }

    @Test
    void aStoreThatCreatesByIfMatchIsRefused() {
        ObjectStore creates = new ForwardingObjectStore(memory) {
            @Override
            public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
                return condition instanceof PutCondition.IfVersion
                                && store.head(key).join() instanceof HeadOutcome.Absent
                        ? super.put(key, bytes, PutCondition.always())
                        : super.put(key, bytes, condition);
            }
        };

        assertBroken(
                certify(creates, creates), Check.IF_VERSION_MISMATCH, "a put if version where nothing is was stored");
    }

    @Test
    void aStoreThatReadsStaleIsRefused() {
        assertBroken(
                certify(memory, new Caching(memory)),
                Check.READ_AFTER_WRITE,
                "nothing is there after a put was stored");
    }

    /// Remembers what it read first, as an eventually consistent replica would for a while.
    private static final class Caching extends ForwardingObjectStore {
        private final Map<ObjectKey, GetOutcome> remembered = new HashMap<>();

        private Caching(ObjectStore store) {
            super(store);
        }

        @Override
        public CompletableFuture<GetOutcome> get(ObjectKey key) {
            if (!key.value().contains("read_after_write")) {
                return super.get(key);
            }
            return CompletableFuture.completedFuture(
                    remembered.computeIfAbsent(key, unread -> store.get(unread).join()));
        }
    }

    @Test
    void aStoreThatListsLateIsRefused() {
        ObjectStore late = new ForwardingObjectStore(memory) {
            @Override
            public CompletableFuture<ListOutcome> list(String prefix, Optional<ObjectKey> after, int limit) {
                return super.list(prefix, after, limit).thenApply(outcome -> {
                    var objects = ((ListOutcome.Listed) outcome).objects();
                    return new ListOutcome.Listed(objects.subList(0, Math.max(0, objects.size() - 1)), false);
                });
            }
        };

        assertBroken(certify(memory, late), Check.LIST_AFTER_WRITE, "listed were 0 keys where there are 1");
    }

    @Test
    void aStoreThatForgetsNoDeleteMarkerIsRefused() {
        // Deletes are told and not done.
        ObjectStore keeps = new ForwardingObjectStore(memory) {
            @Override
            public CompletableFuture<DeleteOutcome> delete(ObjectKey key) {
                return CompletableFuture.completedFuture(new DeleteOutcome.Deleted());
            }
        };

        assertBroken(certify(keeps, keeps), Check.PUT_AFTER_DELETE, "another connection still reads what was deleted");
    }

    @Test
    void aStoreThatCutsRangesWrongIsRefused() {
        ObjectStore wrong = new ForwardingObjectStore(memory) {
            @Override
            public CompletableFuture<GetOutcome> get(ObjectKey key, ByteRange range) {
                return super.get(key, new ByteRange(range.start(), range.length() + 1));
            }
        };

        assertBroken(certify(wrong, wrong), Check.RANGE_READS, "bytes 0 to 0 of an object of 10000 are not those");
    }

    @Test
    void aStoreWhoseVersionsRepeatIsRefused() {
        ObjectStore same = new ForwardingObjectStore(memory) {
            private final ObjectVersion only = new ObjectVersion("only");
            private final List<ObjectKey> raced = new ArrayList<>();

            @Override
            public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
                if (condition instanceof PutCondition.IfVersion) {
                    boolean first = !raced.contains(key);
                    raced.add(key);
                    return first
                            ? super.put(key, bytes, PutCondition.always()).thenApply(_ -> new PutOutcome.Stored(only))
                            : CompletableFuture.completedFuture(new PutOutcome.Refused());
                }
                return super.put(key, bytes, condition).thenApply(ForwardedVersion::of);
            }

            @Override
            public CompletableFuture<GetOutcome> get(ObjectKey key) {
                return super.get(key)
                        .thenApply(outcome -> outcome instanceof GetOutcome.Found found
                                ? new GetOutcome.Found(only, found.bytes(), found.objectSize())
                                : outcome);
            }
        };

        assertBroken(certify(same, same), Check.IF_VERSION, "other bytes have the same version only");
    }

    private static final class ForwardedVersion {
        static PutOutcome of(PutOutcome outcome) {
            return outcome instanceof PutOutcome.Stored ? new PutOutcome.Stored(new ObjectVersion("only")) : outcome;
        }
    }

    @Test
    void aStoreThatDoesNotAnswerIsRefusedForThat() {
        ObjectStore away = new ForwardingObjectStore(memory) {
            @Override
            public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
                return CompletableFuture.completedFuture(new PutOutcome.Unknown(new IOException("access denied")));
            }
        };

        Refused report = (Refused) certify(away, away);

        assertThat(report.checks()).hasSize(1).first().isInstanceOf(CheckResult.Undecided.class);
        assertThat(report.reasons()).hasSize(1).first().asString().contains("access denied");
    }

    @Test
    void lostRepliesAloneRefuseNoStore() {
        ObjectStore lossy = new ForwardingObjectStore(memory) {
            private int puts;

            @Override
            public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
                puts++;
                boolean lost = puts % 7 == 0;
                return super.put(key, bytes, condition)
                        .thenApply(outcome -> lost && outcome instanceof PutOutcome.Stored
                                ? new PutOutcome.Unknown(new IOException("connection reset"))
                                : outcome);
            }
        };

        assertThat(certify(lossy, lossy)).isInstanceOf(Passed.class);
    }

    @Test
    void oneConnectionIsNotEnough() {
        assertThatThrownBy(() -> certify(memory)).hasMessageContaining("two connections");
    }

    @Test
    void aPersonReadsWhatWasFound() {
        assertThat(BucketCheck.show("memory:", certify(memory, memory)))
                .startsWith("Checked memory: at ")
                .contains("ok       of concurrent puts if absent exactly one is stored")
                .contains("PASSED")
                .doesNotContain("REFUSED");
        assertThat(BucketCheck.show("memory:", certify(memory, new Caching(memory))))
                .contains("BROKEN   another connection reads what was just written")
                .contains("REFUSED: this store must not hold Penstock clusters.")
                .contains("It does not hold that another connection reads what was just written: nothing is there");
    }

    private static void assertBroken(CertificationReport report, Check check, String reason) {
        assertThat(report).isInstanceOf(Refused.class);
        assertThat(report.checks())
                .filteredOn(result -> result.check() == check)
                .first()
                .isInstanceOfSatisfying(
                        CheckResult.Broken.class,
                        broken -> assertThat(broken.reason()).contains(reason));
        assertThat(((Refused) report).reasons()).anyMatch(sentence -> sentence.contains(reason));
    }
}
