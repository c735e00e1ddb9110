// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ClusterSettings;
import io.penstock.metadata.MetalogRecord;
import io.penstock.objectstore.layout.ClusterPrefix;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// The only way to change a cluster's metadata.
///
/// A change is an entry of the cluster's metalog: numbered and frozen in the caller's transaction, put into the
/// bucket after it committed, and only then told to anybody. Entries are stored strictly in order; whoever finds
/// an unpublished one after a crash finishes it. Where bucket and database disagree the bucket wins.
public interface Metalog {

    /// Takes the next number under the cluster's lock, composes the entry from the newest image and freezes its
    /// bytes, inside the caller's transaction.
    ///
    /// @param change gives the records; it sees the image that the entry will follow, must not block, and may be
    /// asked only once. No records: no entry
    /// @return the entry's number; without an entry the number of the image that `change` saw
    /// @throws MetalogDetachedException if the cluster belongs to another control plane
    /// @throws MetalogRefusedException if the entry would be void
    int append(String clusterId, Function<ClusterImage, List<MetalogRecord>> change);

    /// After the commit: completes when the entry is in the bucket and connected brokers have applied it (for
    /// these it waits a second at most). Fails with [MetalogConflictException] if the entry did not happen.
    CompletableFuture<Void> stored(String clusterId, int number);

    /// [#append] in a transaction of its own, and what becomes of it.
    Appended change(String clusterId, Function<ClusterImage, List<MetalogRecord>> change);

    /// The newest image, including entries that are committed and still on their way to the bucket.
    ClusterImage image(String clusterId);

    /// Starts a cluster's metalog: its identity object, then an entry with claim, features and settings. Returns
    /// when that is stored. Repeatable. Must not be called inside a transaction.
    void createCluster(String clusterId, String tenantId, String bucketId, ClusterSettings settings);

    /// What a prefix holds that somebody wants to adopt. Reads only; takes as long as the metalog is long.
    PrefixContent look(String bucketId, ClusterPrefix prefix);

    /// Notes, in the caller's transaction, that a cluster is to be claimed. Whatever this control plane
    /// knew of it from a former life is forgotten: the bucket knows all of it.
    void prepareAdoption(String clusterId, String tenantId, String bucketId, ClusterPrefix prefix);

    /// Makes the cluster ours: rows are made from what the bucket holds, and a CLAIM is stored behind it,
    /// so that no later entry of the former owner takes effect. Returns when that is stored. Repeatable;
    /// needs [#prepareAdoption] first. Must not be called inside a transaction.
    ///
    /// @param settings written with the CLAIM where they differ from the bucket's
    /// @throws MetalogDetachedException if another control plane has claimed it since it was ours
    void claim(String clusterId, ClusterSettings settings);

    /// Proves that the bucket holds nothing that this control plane does not know, before something destructive
    /// is done. Adopts what it finds.
    ///
    /// @throws MetalogDetachedException if the cluster belongs to another control plane
    ClusterImage prove(String clusterId);

    /// The cluster's prefix is empty for good: forgets all about it. Repeatable.
    void forget(String clusterId);

    /// @param number of the entry, or of the image if nothing was to be changed
    /// @param stored as [#stored]; does not wait for brokers
    record Appended(int number, CompletableFuture<Void> stored) {}
}
