// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker;

import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.brokerapi.v1.ClusterAttached;
import io.penstock.objectstore.observed.ObservedObjectStore;
import io.penstock.objectstore.opening.ObjectStoreEnvironment;
import io.penstock.objectstore.opening.ObjectStores;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// Opens stores by URI and credentials, each once per process.
final class OpenedStores implements BucketStores {
    private final ObjectStoreEnvironment environment;
    private final ExecutorService blocking;
    private final ScheduledExecutorService scheduler;
    private final Map<Access, ObservedObjectStore> open = new ConcurrentHashMap<>();

    /// Who reaches what.
    private record Access(String uri, String accessKeyId, String secretAccessKey, String sessionToken) {
        static Access of(ClusterAttached cluster) {
            return new Access(
                    cluster.getBucketUri(),
                    cluster.getAccessKeyId(),
                    cluster.getSecretAccessKey(),
                    cluster.getSessionToken());
        }

        /// Never shows secrets.
        @Override
        public String toString() {
            return uri;
        }
    }

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
    public ObservedObjectStore of(ClusterAttached cluster) {
        return open.computeIfAbsent(Access.of(cluster), this::open);
    }

    private ObservedObjectStore open(Access access) {
        if (access.accessKeyId().isEmpty()) {
            return ObjectStores.open(access.uri(), environment);
        }
        AwsCredentials credentials = access.sessionToken().isEmpty()
                ? AwsBasicCredentials.create(access.accessKeyId(), access.secretAccessKey())
                : AwsSessionCredentials.create(access.accessKeyId(), access.secretAccessKey(), access.sessionToken());
        return ObjectStores.open(
                access.uri(), environment.withCredentials(StaticCredentialsProvider.create(credentials)));
    }

    @Override
    public void close() {
        open.values().forEach(ObservedObjectStore::close);
        scheduler.shutdownNow();
        blocking.shutdownNow();
    }
}
