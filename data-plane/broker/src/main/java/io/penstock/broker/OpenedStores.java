// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker;

import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.broker.ChangingKeys.Keys;
import io.penstock.brokerapi.v1.ClusterAttached;
import io.penstock.objectstore.observed.ObservedObjectStore;
import io.penstock.objectstore.opening.ObjectStoreEnvironment;
import io.penstock.objectstore.opening.ObjectStores;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens stores by bucket and URI, each once per process. Keys that change reach a store that is open: it signs its
/// next
/// request with them.
final class OpenedStores implements BucketStores {
    private static final Logger log = LoggerFactory.getLogger(OpenedStores.class);

    private final ObjectStoreEnvironment environment;
    private final ExecutorService blocking;
    private final ScheduledExecutorService scheduler;
    private final Map<Place, Opened> open = new HashMap<>();

    private record Place(String bucket, String uri) {
        /// A control plane that does not name buckets has a store of its own for every cluster.
        static Place of(ClusterAttached cluster) {
            return new Place(
                    cluster.getBucketId().isEmpty() ? cluster.getClusterId() : cluster.getBucketId(),
                    cluster.getBucketUri());
        }
    }

    private record Opened(ObservedObjectStore store, ChangingKeys keys) {}

    OpenedStores(
            RandomGenerator random, MeterRegistry registry, boolean allowModelledStores, Optional<Path> storeModel) {
        // As many puts of a file store proceed at the same time as there are threads; idle ones go away.
        this.blocking = Executors.newCachedThreadPool(
                Thread.ofPlatform().daemon(true).name("store-", 0).factory());
        this.scheduler = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon(true).name("store-timer").factory());
        ObjectStoreEnvironment plain =
                ObjectStoreEnvironment.of(blocking, scheduler, random, InstantSource.system(), registry);
        ObjectStoreEnvironment allowing = allowModelledStores ? plain.allowingModelledStores() : plain;
        this.environment = storeModel.map(allowing::followingModel).orElse(allowing);
    }

    @Override
    public synchronized ObservedObjectStore of(ClusterAttached cluster) {
        Place place = Place.of(cluster);
        Keys keys = Keys.of(cluster);
        Opened there = open.get(place);
        if (there == null) {
            there = open(place, keys);
            open.put(place, there);
        } else if (there.keys.become(keys)) {
            log.info("event=bucket_keys_changed bucket={}", place.bucket);
        }
        return there.store;
    }

    private Opened open(Place place, Keys keys) {
        ChangingKeys changing = new ChangingKeys(keys, environment.credentials());
        return new Opened(ObjectStores.open(place.uri, environment.withCredentials(changing)), changing);
    }

    @Override
    public synchronized void close() {
        open.values().forEach(opened -> opened.store.close());
        scheduler.shutdownNow();
        blocking.shutdownNow();
    }
}
