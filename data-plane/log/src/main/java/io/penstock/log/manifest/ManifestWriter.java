// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.manifest;

import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import io.penstock.log.LogRuntime;
import io.penstock.log.format.Nonce;
import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.ShardManifest.Condemned;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/// The leader's hand on its manifest after it took it: one change at a time, each a compare-and-set on the
/// version before.
///
/// A foreign version in its place means that a later leader took the manifest: then this writer never writes
/// again.
public final class ManifestWriter {
    private final Manifests manifests;
    private final LogRuntime runtime;
    private Manifests.Stored current;
    private boolean lost;
    private CompletableFuture<Boolean> last = CompletableFuture.completedFuture(true);

    private final LogRules rules;

    /// Condemned objects that are gone; the manifest says so with its next change.
    private final Set<Condemned> deleted = new HashSet<>();

    private Runnable onChange = () -> {};

    /// @param taken the version that carries this leader's epoch
    public ManifestWriter(Manifests manifests, LogRuntime runtime, LogRules rules, Manifests.Stored taken) {
        this.rules = rules;
        this.manifests = manifests;
        this.runtime = runtime;
        this.current = taken;
    }

    /// As last written.
    public ShardManifest current() {
        return current.manifest();
    }

    /// Whoever wants to hear of every change, once it is stored.
    public void onChange(Runnable listener) {
        onChange = listener;
    }

    /// A condemned object is gone: the next change takes it out of the manifest.
    public void deleted(Condemned gone) {
        deleted.add(gone);
    }

    /// Condemned objects that may still be there.
    public List<Condemned> condemned() {
        return current().condemned().stream()
                .filter(one -> !deleted.contains(one))
                .toList();
    }

    /// Changes the manifest; version, nonce and what is condemned by the change are this writer's business.
    /// Objects that only a dropped page of parts names have to be condemned by who drops it.
    ///
    /// @param change called with the manifest as it is then, at least once
    /// @return true once stored; false if a later leader has the manifest
    public CompletableFuture<Boolean> change(UnaryOperator<ShardManifest> change) {
        last = last.handle((_, _) -> null).thenCompose(_ -> write(change));
        return last;
    }

    private CompletableFuture<Boolean> write(UnaryOperator<ShardManifest> change) {
        if (lost) {
            return CompletableFuture.completedFuture(false);
        }
        ShardManifest before = current.manifest();
        ShardManifest next = Condemning.condemned(before, change.apply(before), runtime.wallMillis(), deleted)
                .stamped(before.version() + 1, Nonce.random(runtime.random()));
        return manifests.replace(Optional.of(current.version()), next).thenCompose(swap -> switch (swap) {
            case Manifests.Swap.Written(Manifests.Stored stored) -> {
                current = stored;
                deleted.retainAll(next.condemned());
                onChange.run();
                yield CompletableFuture.completedFuture(true);
            }
            case Manifests.Swap.Lost(Optional<Manifests.Stored> present) -> {
                if (!rules.holds(Rule.R6_EPOCH_CHECK) && present.isPresent()) {
                    // The mistake R6 forbids: whoever was deposed reads again, and goes on.
                    current = new Manifests.Stored(before, present.get().version());
                    yield write(change);
                }
                lost = true;
                yield CompletableFuture.completedFuture(false);
            }
        });
    }
}
