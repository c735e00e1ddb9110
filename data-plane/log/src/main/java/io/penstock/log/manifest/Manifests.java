// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.manifest;

import io.penstock.log.format.ShardManifest;
import io.penstock.log.wal.PatientStore;
import io.penstock.objectstore.ObjectVersion;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Manifests in the store. Futures complete on the actor; exceptionally only with
/// [io.penstock.log.format.CorruptObject].
public final class Manifests {
    private final PatientStore store;
    private final LogKeys keys;

    public Manifests(PatientStore store, LogKeys keys) {
        this.store = store;
        this.keys = keys;
    }

    /// A manifest as it is in the store.
    public record Stored(ShardManifest manifest, ObjectVersion version) {}

    /// @return empty if nobody has ever opened the shard
    public CompletableFuture<Optional<Stored>> read(ShardId shard) {
        return store.get(keys.manifest(shard))
                .thenApply(answer ->
                        answer.map(found -> new Stored(ShardManifest.decode(shard, found.bytes()), found.version())));
    }

    /// What became of a compare-and-set.
    public sealed interface Swap {
        record Written(Stored stored) implements Swap {}

        /// Something else is there.
        record Lost(Optional<Stored> present) implements Swap {}
    }

    /// Replaces exactly the version given, or creates the manifest where none is. An unknown outcome is resolved
    /// before
    /// it is answered: bytes never repeat, so what is read back tells who won.
    public CompletableFuture<Swap> replace(Optional<ObjectVersion> expected, ShardManifest next) {
        return replace(expected, next, next.encode(), 1);
    }

    private CompletableFuture<Swap> replace(
            Optional<ObjectVersion> expected, ShardManifest next, ByteBuffer bytes, int attempt) {
        PutCondition condition = expected.map(PutCondition::ifVersion).orElse(PutCondition.ifAbsent());
        return store.put(keys.manifest(next.shard()), bytes, condition).thenCompose(outcome -> switch (outcome) {
            case PutOutcome.Stored(ObjectVersion version) ->
                CompletableFuture.completedFuture(new Swap.Written(new Stored(next, version)));
            case PutOutcome.Refused _, PutOutcome.Unknown _ ->
                read(next.shard()).thenCompose(present -> resolve(expected, next, bytes, attempt, present));
        });
    }

    private CompletableFuture<Swap> resolve(
            Optional<ObjectVersion> expected,
            ShardManifest next,
            ByteBuffer bytes,
            int attempt,
            Optional<Stored> present) {
        if (present.isPresent() && present.get().manifest().nonce().equals(next.nonce())) {
            return CompletableFuture.completedFuture(new Swap.Written(present.get()));
        }
        if (present.map(Stored::version).equals(expected)) {
            // Not applied yet. It may still be, and so may every repetition: only one of them can.
            return store.pause(attempt).thenCompose(_ -> replace(expected, next, bytes, attempt + 1));
        }
        return CompletableFuture.completedFuture(new Swap.Lost(present));
    }
}
