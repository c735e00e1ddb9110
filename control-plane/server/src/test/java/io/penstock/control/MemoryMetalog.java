// SPDX-License-Identifier: Apache-2.0
package io.penstock.control;

import io.penstock.control.metalog.EntryComposed;
import io.penstock.control.metalog.Metalog;
import io.penstock.control.metalog.PrefixContent;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ClusterSettings;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.MetalogRecords;
import io.penstock.objectstore.layout.ClusterPrefix;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.springframework.context.ApplicationEventPublisher;

/// A metalog without a bucket: real images, entries stored at once, undone by nothing.
public final class MemoryMetalog implements Metalog {
    private static final UUID CONTROL_PLANE = new UUID(1, 1);

    private final Map<String, ClusterImage> images = new ConcurrentHashMap<>();
    private final ApplicationEventPublisher events;

    public MemoryMetalog(ApplicationEventPublisher events) {
        this.events = events;
    }

    @Override
    public synchronized int append(String clusterId, Function<ClusterImage, List<MetalogRecord>> change) {
        var before = image(clusterId);
        var records = change.apply(before);
        if (records.isEmpty()) {
            return before.number();
        }
        var step = before.apply(before.next(CONTROL_PLANE, before.number(), 0, records));
        step.voidReason().ifPresent(reason -> {
            throw new IllegalStateException(reason);
        });
        images.put(clusterId, step.after());
        events.publishEvent(new EntryComposed(clusterId, step));
        return step.after().number();
    }

    @Override
    public CompletableFuture<Void> stored(String clusterId, int number) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Appended change(String clusterId, Function<ClusterImage, List<MetalogRecord>> change) {
        return new Appended(append(clusterId, change), CompletableFuture.completedFuture(null));
    }

    @Override
    public ClusterImage image(String clusterId) {
        var image = images.get(clusterId);
        if (image == null) {
            throw new IllegalStateException("no metalog of " + clusterId);
        }
        return image;
    }

    @Override
    public synchronized void createCluster(
            String clusterId, String tenantId, String bucketId, ClusterSettings settings) {
        if (images.putIfAbsent(clusterId, ClusterImage.EMPTY) == null) {
            append(clusterId, _ -> MetalogRecords.createCluster(settings));
        }
    }

    @Override
    public PrefixContent look(String bucketId, ClusterPrefix prefix) {
        return new PrefixContent.NoCluster();
    }

    @Override
    public void prepareAdoption(String clusterId, String tenantId, String bucketId, ClusterPrefix prefix) {
        throw new UnsupportedOperationException("there is no bucket to adopt from");
    }

    @Override
    public void claim(String clusterId, ClusterSettings settings) {
        throw new UnsupportedOperationException("there is no bucket to adopt from");
    }

    @Override
    public ClusterImage prove(String clusterId) {
        return image(clusterId);
    }

    @Override
    public void forget(String clusterId) {
        images.remove(clusterId);
    }
}
