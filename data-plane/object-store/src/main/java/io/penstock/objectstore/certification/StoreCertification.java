// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.certification;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.micrometer.core.instrument.Clock;
import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.ObjectVersion;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.certification.CertificationReport.CheckResult;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tries out whether a store keeps what the log relies on (rule R14), and refuses it if not.
///
/// Writes below `penstock-certification/<random>/` at the stores' root, and deletes what it wrote. Blocks until done;
/// at most as long as the stores' time-outs allow.
///
/// A put whose outcome is unknown is read back, never counted as won or lost by itself, so that a slow or overloaded
/// store is not refused for what it did not promise. A store that answers too little to be judged is refused, too,
/// with that as the reason.
public final class StoreCertification {
    private static final Logger LOG = LoggerFactory.getLogger(StoreCertification.class);

    private final CertificationSettings settings;
    private final RandomGenerator random;
    private final Clock clock;

    /// @param random must differ between processes: a `SecureRandom`
    /// @param clock measures latencies and dates the report; usually the meter registry's
    public StoreCertification(CertificationSettings settings, RandomGenerator random, Clock clock) {
        this.settings = settings;
        this.random = random;
        this.clock = clock;
    }

    /// @param stores two or more, opened independently on the same place, so that what one has seen or cached does
    ///     not help the other
    public CertificationReport certify(List<ObjectStore> stores) {
        if (stores.size() < 2) {
            throw new IllegalArgumentException("a certification needs two connections, not " + stores.size());
        }
        Instant at = Instant.ofEpochMilli(clock.wallTime());
        Connections connections = new Connections(List.copyOf(stores), clock);
        String prefix = "penstock-certification/" + HexFormat.of().toHexDigits(random.nextLong()) + "/";
        List<CheckResult> results = new ArrayList<>();
        for (Check check : Check.values()) {
            Checks checks = new Checks(connections, prefix + check.name().toLowerCase(Locale.ROOT) + "/");
            CheckResult result = checks.result(check);
            results.add(result);
            if (result instanceof CheckResult.Undecided) {
                // It does not answer; more of the same only takes as many time-outs.
                break;
            }
        }
        int left = connections.cleanUp();
        if (left > 0) {
            LOG.warn("event=certification_left_objects prefix={} objects={}", prefix, left);
        }
        List<String> reasons =
                results.stream().flatMap(result -> reason(result).stream()).toList();
        CertificationReport report = reasons.isEmpty()
                ? new CertificationReport.Passed(at, results, connections.latencies())
                : new CertificationReport.Refused(at, results, connections.latencies(), reasons);
        LOG.info("event=store_certified passed={} reasons={}", reasons.isEmpty(), reasons);
        return report;
    }

    private static Optional<String> reason(CheckResult result) {
        return switch (result) {
            case CheckResult.Kept _ -> Optional.empty();
            case CheckResult.Broken(Check check, String reason) ->
                Optional.of("It does not hold that " + check.promise() + ": " + reason + ".");
            case CheckResult.Undecided(Check check, String reason) ->
                Optional.of("It could not be found out whether " + check.promise() + ": " + reason + ".");
        };
    }

    /// The checks of one certification, each below a prefix of its own.
    private final class Checks {
        private final Connections connections;
        private final String prefix;

        private Checks(Connections connections, String prefix) {
            this.connections = connections;
            this.prefix = prefix;
        }

        private CheckResult result(Check check) {
            try {
                int trials = switch (check) {
                    case IF_ABSENT -> ifAbsent();
                    case IF_VERSION -> ifVersion();
                    case IF_VERSION_MISMATCH -> ifVersionMismatch();
                    case PUT_AFTER_DELETE -> putAfterDelete();
                    case READ_AFTER_WRITE -> readAfterWrite();
                    case LIST_AFTER_WRITE -> listAfterWrite();
                    case RANGE_READS -> rangeReads();
                };
                return new CheckResult.Kept(check, trials);
            } catch (Trial.BrokenException e) {
                return new CheckResult.Broken(check, String.valueOf(e.getMessage()));
            } catch (Trial.UndecidedException e) {
                return new CheckResult.Undecided(check, String.valueOf(e.getMessage()));
            }
        }

        private int ifAbsent() throws Trial.BrokenException, Trial.UndecidedException {
            for (int round = 0; round < settings.rounds(); round++) {
                race(key(round), PutCondition.ifAbsent());
            }
            return settings.rounds();
        }

        private int ifVersion() throws Trial.BrokenException, Trial.UndecidedException {
            ObjectKey key = key(0);
            ObjectVersion version = stored(0, key, text("start"), PutCondition.ifAbsent());
            for (int round = 0; round < settings.rounds(); round++) {
                race(key, PutCondition.ifVersion(version));
                ObjectVersion next = present(round, key).version();
                if (next.equals(version)) {
                    throw new Trial.BrokenException("other bytes have the same version " + version.token());
                }
                version = next;
            }
            return settings.rounds();
        }

        /// All writers put at the same time; then everybody must see one winner.
        private void race(ObjectKey key, PutCondition condition)
                throws Trial.BrokenException, Trial.UndecidedException {
            List<ByteBuffer> bytes = new ArrayList<>();
            List<CompletableFuture<PutOutcome>> puts = new ArrayList<>();
            for (int writer = 0; writer < settings.writers(); writer++) {
                ByteBuffer ours = text("writer " + writer + " " + HexFormat.of().toHexDigits(random.nextLong()));
                bytes.add(ours);
                puts.add(connections.put(writer, key, ours, condition));
            }
            List<PutOutcome> outcomes =
                    puts.stream().map(CompletableFuture::join).toList();
            judge(key, bytes, outcomes);
        }

        private void judge(ObjectKey key, List<ByteBuffer> bytes, List<PutOutcome> outcomes)
                throws Trial.BrokenException, Trial.UndecidedException {
            List<Integer> winners = new ArrayList<>();
            Optional<Throwable> unknown = Optional.empty();
            for (int writer = 0; writer < outcomes.size(); writer++) {
                switch (outcomes.get(writer)) {
                    case PutOutcome.Stored _ -> winners.add(writer);
                    case PutOutcome.Refused _ -> {}
                    case PutOutcome.Unknown(Throwable cause) -> unknown = Optional.of(cause);
                }
            }
            if (winners.size() > 1) {
                throw new Trial.BrokenException(
                        winners.size() + " of " + outcomes.size() + " concurrent puts were stored");
            }
            if (winners.isEmpty() && unknown.isEmpty()) {
                throw new Trial.BrokenException("none of " + outcomes.size() + " concurrent puts was stored");
            }
            if (unknown.isPresent() && outcomes.stream().allMatch(PutOutcome.Unknown.class::isInstance)) {
                throw new Trial.UndecidedException("no concurrent put got a certain answer", unknown.get());
            }
            for (int connection = 0; connection < 2; connection++) {
                ByteBuffer there = present(connection, key).bytes();
                int holder = bytes.indexOf(there);
                if (holder < 0) {
                    throw new Trial.BrokenException("the bytes there are none of those that were put");
                }
                if (!winners.isEmpty() && holder != winners.getFirst()) {
                    throw new Trial.BrokenException("writer " + winners.getFirst() + " was told that it is stored, but"
                            + " the bytes of writer " + holder + " are there");
                }
                if (outcomes.get(holder) instanceof PutOutcome.Refused) {
                    throw new Trial.BrokenException("writer " + holder + " was refused, but its bytes are there");
                }
            }
        }

        private int ifVersionMismatch() throws Trial.BrokenException, Trial.UndecidedException {
            ObjectKey key = key(0);
            ObjectVersion first = stored(0, key, text("first"), PutCondition.ifAbsent());
            ObjectVersion second = stored(1, key, text("second"), PutCondition.ifVersion(first));
            refused(0, key, text("stale"), PutCondition.ifVersion(first), "a put on an older version");
            refused(1, key, text("again"), PutCondition.ifAbsent(), "a put if absent on what is there");
            expect(1, key, text("second"));
            refused(0, key(1), text("nothing"), PutCondition.ifVersion(second), "a put if version where nothing is");
            if (connections.get(1, key(1)).isPresent()) {
                throw new Trial.BrokenException("a refused put created an object");
            }
            return 4;
        }

        private int putAfterDelete() throws Trial.BrokenException, Trial.UndecidedException {
            for (int round = 0; round < settings.visibilityRounds(); round++) {
                ObjectKey key = key(round);
                stored(round, key, text("first " + round), PutCondition.ifAbsent());
                connections.delete(round, key);
                if (connections.get(round + 1, key).isPresent()) {
                    throw new Trial.BrokenException("another connection still reads what was deleted");
                }
                stored(round + 1, key, text("second " + round), PutCondition.ifAbsent());
                expect(round, key, text("second " + round));
            }
            return settings.visibilityRounds();
        }

        private int readAfterWrite() throws Trial.BrokenException, Trial.UndecidedException {
            for (int round = 0; round < settings.visibilityRounds(); round++) {
                ObjectKey key = key(round);
                // Asked for before: some stores remember for a while that nothing was there.
                if (connections.get(round + 1, key).isPresent()) {
                    throw new Trial.BrokenException("an object is there that nobody put");
                }
                ObjectVersion version = stored(round, key, text("first " + round), PutCondition.ifAbsent());
                expect(round + 1, key, text("first " + round));
                stored(round, key, text("second " + round), PutCondition.ifVersion(version));
                expect(round + 1, key, text("second " + round));
            }
            return settings.visibilityRounds();
        }

        private int listAfterWrite() throws Trial.BrokenException, Trial.UndecidedException {
            List<ObjectKey> expected = new ArrayList<>();
            for (int round = 0; round < settings.visibilityRounds(); round++) {
                ObjectKey key = key(round);
                stored(round, key, text("listed"), PutCondition.ifAbsent());
                expected.add(key);
                expectListed(round + 1, expected);
            }
            ObjectKey gone = expected.removeFirst();
            connections.delete(0, gone);
            expectListed(1, expected);
            return settings.visibilityRounds() + 1;
        }

        private void expectListed(int connection, List<ObjectKey> expected)
                throws Trial.BrokenException, Trial.UndecidedException {
            List<ObjectKey> listed = connections.list(connection, prefix);
            if (!listed.equals(expected)) {
                throw new Trial.BrokenException("listed were " + listed.size() + " keys where there are "
                        + expected.size() + ", or in another order");
            }
        }

        private int rangeReads() throws Trial.BrokenException, Trial.UndecidedException {
            ObjectKey key = key(0);
            int size = settings.largeBytes();
            byte[] content = new byte[size];
            random.nextBytes(content);
            ByteBuffer whole = ByteBuffer.wrap(content);
            stored(0, key, whole, PutCondition.ifAbsent());
            List<ByteRange> ranges = List.of(
                    new ByteRange(0, 1),
                    new ByteRange(0, size),
                    new ByteRange(size / 3, size / 3),
                    new ByteRange(size - 1, 1),
                    new ByteRange(size - 10, 1000),
                    new ByteRange(size, 1),
                    new ByteRange(size + 12345L, 10),
                    ByteRange.last(7),
                    ByteRange.last(size + 5L));
            for (ByteRange range : ranges) {
                int start = (int) range.startIn(size);
                int end = (int) range.endIn(size);
                Optional<GetOutcome.Found> found = connections.get(1, key, range);
                if (found.isEmpty()
                        || !found.get().bytes().equals(whole.slice(start, end - start))
                        || found.get().objectSize() != size) {
                    throw new Trial.BrokenException("bytes " + start + " to " + (end - 1) + " of an object of " + size
                            + " are not those that were put");
                }
            }
            return ranges.size();
        }

        private ObjectKey key(int number) {
            return ObjectKey.of(prefix + "%05d".formatted(number));
        }

        private GetOutcome.Found present(int connection, ObjectKey key)
                throws Trial.BrokenException, Trial.UndecidedException {
            Optional<GetOutcome.Found> found = connections.get(connection, key);
            if (found.isEmpty()) {
                throw new Trial.BrokenException("nothing is there after a put was stored");
            }
            return found.get();
        }

        private void expect(int connection, ObjectKey key, ByteBuffer bytes)
                throws Trial.BrokenException, Trial.UndecidedException {
            if (!present(connection, key).bytes().equals(bytes)) {
                throw new Trial.BrokenException("another connection reads other bytes than were just written");
            }
        }

        /// Puts what nobody else puts: anything but success is a reason.
        private ObjectVersion stored(int connection, ObjectKey key, ByteBuffer bytes, PutCondition condition)
                throws Trial.BrokenException, Trial.UndecidedException {
            return switch (connections.put(connection, key, bytes, condition).join()) {
                case PutOutcome.Stored(ObjectVersion version) -> version;
                case PutOutcome.Refused() ->
                    throw new Trial.BrokenException("a put was refused although its condition held");
                case PutOutcome.Unknown(Throwable cause) -> {
                    Optional<GetOutcome.Found> found = connections.get(connection, key);
                    if (found.isPresent() && found.get().bytes().equals(bytes)) {
                        yield found.get().version();
                    }
                    throw new Trial.UndecidedException("a put of '" + key + "' got no answer", cause);
                }
            };
        }

        private void refused(int connection, ObjectKey key, ByteBuffer bytes, PutCondition condition, String what)
                throws Trial.BrokenException, Trial.UndecidedException {
            switch (connections.put(connection, key, bytes, condition).join()) {
                case PutOutcome.Refused() -> {}
                case PutOutcome.Stored _ -> throw new Trial.BrokenException(what + " was stored");
                case PutOutcome.Unknown(Throwable cause) ->
                    throw new Trial.UndecidedException(what + " got no answer", cause);
            }
        }

        private static ByteBuffer text(String text) {
            return ByteBuffer.wrap(text.getBytes(US_ASCII)).asReadOnlyBuffer();
        }
    }
}
