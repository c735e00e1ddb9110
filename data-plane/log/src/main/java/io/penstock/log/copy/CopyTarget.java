// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.copy;

import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.layout.ClusterPrefix;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// The place that becomes the copy: nobody else writes there before it is finished. Blocks when much is
/// under way.
final class CopyTarget {
    private final ObjectStore store;
    private final CopySource reader;
    private final ClusterPrefix prefix;
    private final CopySettings settings;
    private final Consumer<Duration> sleep;
    private final Set<String> before = new HashSet<>();
    private final Set<String> wanted = new HashSet<>();
    private final ArrayDeque<Put> underWay = new ArrayDeque<>();
    private long bytesUnderWay;
    long copied;
    long kept;
    long swept;
    long bytes;

    private record Put(ObjectKey key, ByteBuffer bytes, CompletableFuture<PutOutcome> outcome) {}

    CopyTarget(ObjectStore store, ClusterPrefix prefix, CopySettings settings, Consumer<Duration> sleep) {
        this.store = store;
        this.reader = new CopySource(store, settings, sleep);
        this.prefix = prefix;
        this.settings = settings;
        this.sleep = sleep;
    }

    /// What an unfinished copy left.
    void begin() {
        reader.list(prefix.value() + "/", entry -> before.add(relative(entry.key())));
        if (before.contains("cluster")) {
            throw new CopyFailed(
                    CopyFailed.Reason.TARGET_TAKEN,
                    "a cluster lives at " + prefix + " already: copy to another prefix");
        }
    }

    /// Whatever was put so far may be needed no more.
    void again() {
        awaitAll();
        before.addAll(wanted);
        wanted.clear();
    }

    private String relative(ObjectKey key) {
        return key.value().substring(prefix.value().length() + 1);
    }

    boolean wants(String key) {
        return wanted.contains(key);
    }

    /// What an earlier copy has put there of a write-once object, if it can still be read.
    ///
    /// @param check throws [io.penstock.log.format.CorruptObject] for damaged bytes
    Optional<ByteBuffer> kept(String key, Consumer<ByteBuffer> check) {
        if (!before.contains(key)) {
            return Optional.empty();
        }
        Optional<ByteBuffer> there = reader.get(prefix.key(key));
        try {
            there.ifPresent(found -> check.accept(found.duplicate()));
        } catch (io.penstock.log.format.CorruptObject e) {
            return Optional.empty();
        }
        if (there.isPresent() && wanted.add(key)) {
            kept++;
        }
        return there;
    }

    void put(String key, ByteBuffer object) {
        wanted.add(key);
        copied++;
        bytes += object.remaining();
        bytesUnderWay += object.remaining();
        ObjectKey at = prefix.key(key);
        underWay.add(new Put(at, object, store.put(at, object, PutCondition.always())));
        while (bytesUnderWay > settings.bytesUnderWay()) {
            awaitFirst();
        }
    }

    void awaitAll() {
        while (!underWay.isEmpty()) {
            awaitFirst();
        }
    }

    private void awaitFirst() {
        Put put = underWay.remove();
        bytesUnderWay -= put.bytes.remaining();
        CompletableFuture<PutOutcome> outcome = put.outcome;
        for (int attempt = 1; ; attempt++) {
            switch (outcome.join()) {
                case PutOutcome.Stored _ -> {
                    return;
                }
                case PutOutcome.Refused _ ->
                    throw new CopyFailed(CopyFailed.Reason.TARGET_TAKEN, put.key + " was written by somebody else");
                case PutOutcome.Unknown(Throwable cause) -> {
                    if (attempt == settings.attempts()) {
                        throw new CopyFailed(CopyFailed.Reason.NO_ANSWER, "put " + put.key + ": " + cause);
                    }
                    sleep.accept(settings.pause());
                    outcome = store.put(put.key, put.bytes, PutCondition.always());
                }
            }
        }
    }

    /// Removes what only an earlier attempt needed.
    void sweep() {
        awaitAll();
        reader.list(prefix.value() + "/", entry -> {
            if (!wanted.contains(relative(entry.key()))) {
                switch (store.delete(entry.key()).join()) {
                    case DeleteOutcome.Deleted _ -> swept++;
                    case DeleteOutcome.Unknown(Throwable cause) ->
                        throw new CopyFailed(CopyFailed.Reason.NO_ANSWER, "delete " + entry.key() + ": " + cause);
                }
            }
        });
    }

    /// From here on it is a cluster.
    void finish(ByteBuffer identity) {
        ObjectKey key = prefix.key("cluster");
        for (int attempt = 1; ; attempt++) {
            switch (store.put(key, identity, PutCondition.ifAbsent()).join()) {
                case PutOutcome.Stored _ -> {
                    return;
                }
                case PutOutcome.Refused _ -> {
                    if (reader.get(key).filter(identity::equals).isPresent()) {
                        return;
                    }
                    throw new CopyFailed(CopyFailed.Reason.TARGET_TAKEN, key + " was written by somebody else");
                }
                case PutOutcome.Unknown(Throwable cause) -> {
                    if (attempt == settings.attempts()) {
                        throw new CopyFailed(CopyFailed.Reason.NO_ANSWER, "put " + key + ": " + cause);
                    }
                    sleep.accept(settings.pause());
                }
            }
        }
    }
}
