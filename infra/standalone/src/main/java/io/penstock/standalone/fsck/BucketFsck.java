// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.fsck;

import io.penstock.log.fsck.Assignments;
import io.penstock.log.fsck.ClusterFsck;
import io.penstock.log.fsck.ClusterReport;
import io.penstock.log.fsck.Damage;
import io.penstock.log.fsck.Finding;
import io.penstock.log.fsck.FsckSettings;
import io.penstock.metadata.MetalogCheck;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.MetaKeys;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Walks the clusters below a store's root and proves each of them whole. Reads only; blocks.
public final class BucketFsck {
    private final ObjectStore store;
    private final FsckSettings settings;
    private final InstantSource clock;
    private final Consumer<Duration> sleep;

    /// @param clock the store's clock, or one near it: tells the age of objects
    /// @param sleep waits until writers have gone on
    public BucketFsck(ObjectStore store, FsckSettings settings, InstantSource clock, Consumer<Duration> sleep) {
        this.store = store;
        this.settings = settings;
        this.clock = clock;
        this.sleep = sleep;
    }

    /// Every prefix `<tenant>/<cluster>` below the root that has anything, with one request for each.
    ///
    /// @throws IOException if the store does not answer
    public List<ClusterPrefix> clusters() throws IOException {
        List<ClusterPrefix> clusters = new ArrayList<>();
        Optional<ObjectKey> after = Optional.empty();
        while (true) {
            switch (store.list("", after, 1).join()) {
                case ListOutcome.Failed(Throwable cause) ->
                    throw new IOException("the store does not list its objects: " + cause, cause);
                case ListOutcome.Listed listed -> {
                    if (listed.objects().isEmpty()) {
                        return clusters;
                    }
                    ObjectKey key = listed.objects().getFirst().key();
                    String[] segments = key.value().split("/", 3);
                    if (segments.length == 3) {
                        ClusterPrefix prefix = ClusterPrefix.of(segments[0], segments[1]);
                        if (isCluster(prefix)) {
                            clusters.add(prefix);
                        }
                        // '0' is the character behind '/': the first key that is not below this prefix.
                        after = Optional.of(ObjectKey.of(prefix.value() + "0"));
                    } else {
                        after = Optional.of(key);
                    }
                }
            }
        }
    }

    /// What certifies and probes buckets leaves no such objects.
    private boolean isCluster(ClusterPrefix prefix) {
        MetaKeys keys = new MetaKeys(prefix);
        return store.list(keys.entries(), Optional.empty(), 1).join() instanceof ListOutcome.Listed listed
                && !listed.objects().isEmpty();
    }

    /// Checks one cluster. Whatever happens is in the report.
    public ClusterReport check(ClusterPrefix prefix) {
        MetalogCheck metalog = new MetalogCheck(store, new MetaKeys(prefix));
        ClusterReport report = new ClusterFsck(store, prefix, () -> readOn(metalog), settings, clock, sleep).check();
        List<Finding> findings = metalog.problems().stream()
                .map(problem -> new Finding(
                        problem.entry() ? Damage.METALOG_BROKEN : Damage.OBJECT_DAMAGED,
                        problem.object().value(),
                        problem.detail()))
                .toList();
        return report.with(findings, metalog.remarks());
    }

    private static Assignments readOn(MetalogCheck metalog) {
        metalog.readOn();
        return new Assignments(
                metalog.image().number(),
                metalog.complete(),
                metalog.image().shards().count(),
                metalog.leaders(),
                metalog.announced(),
                metalog.cleaned(),
                metalog.deaths().stream()
                        .map(death -> new Assignments.Death(death.incarnation(), death.shard(), death.heirEpoch()))
                        .toList());
    }
}
