// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ImageChange;
import io.penstock.metadata.ImageListener;
import io.penstock.metadata.MetalogFollower;
import io.penstock.metadata.MetalogTimer;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.MetaKeys;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// Reads a cluster's image from its bucket: the newest snapshot and every entry after it.
final class BucketImages {
    private final MetalogSettings settings;
    private final MetalogTimer timer;
    private final Executor threads;

    BucketImages(MetalogSettings settings, MetalogTimer timer, Executor threads) {
        this.settings = settings;
        this.timer = timer;
        this.threads = threads;
    }

    /// The image with every entry that the bucket holds now. Fails with
    /// [io.penstock.metadata.MetalogStoppedException] if the bucket's entries cannot be read or do not follow
    /// each other.
    CompletableFuture<ClusterImage> newest(ObjectStore store, MetaKeys keys) {
        var follower = new MetalogFollower(
                store, keys, settings.following(), timer, new SerialExecutor(threads), new Unconcerned());
        return follower.start().whenComplete((image, failure) -> follower.close());
    }

    private static final class Unconcerned implements ImageListener {
        @Override
        public void imageChanged(ImageChange change) {}

        @Override
        public void followingStopped(String reason) {}
    }
}
