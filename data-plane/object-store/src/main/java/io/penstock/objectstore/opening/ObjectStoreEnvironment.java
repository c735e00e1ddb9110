// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.opening;

import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.objectstore.file.FileStoreSettings;
import io.penstock.objectstore.observed.HealthListener;
import io.penstock.objectstore.observed.HealthSettings;
import io.penstock.objectstore.observed.ObservedSettings;
import io.penstock.objectstore.s3.S3Settings;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/// What a process gives to the stores it opens. Nothing of it is closed with a store.
///
/// @param blocking runs what waits for the disk; as many puts of a file store proceed at the same time as it has
///     threads, so give it a cached or a generous pool of platform threads
/// @param scheduler for time-outs, pauses and modelled latencies; one thread is enough
/// @param random must differ between processes: a `SecureRandom`, except in a simulation
/// @param clock wall-clock time, for graces only
/// @param meters where metrics go; its clock measures latencies
/// @param credentials of S3; by default what the usual AWS environment says
/// @param modelledStoresAllowed whether a URI may ask for modelled latencies and errors: in tests, drills and
///     benchmarks only
/// @param modelFile says how all stores behave while it exists; only where modelled stores are allowed
/// @param healthListener hears of changes of every store's health
public record ObjectStoreEnvironment(
        Executor blocking,
        ScheduledExecutorService scheduler,
        RandomGenerator random,
        InstantSource clock,
        MeterRegistry meters,
        AwsCredentialsProvider credentials,
        boolean modelledStoresAllowed,
        Optional<Path> modelFile,
        ObservedSettings observed,
        HealthSettings health,
        HealthListener healthListener,
        FileStoreSettings file,
        S3Settings s3) {

    /// An environment with every default, in which modelled stores are refused.
    public static ObjectStoreEnvironment of(
            Executor blocking,
            ScheduledExecutorService scheduler,
            RandomGenerator random,
            InstantSource clock,
            MeterRegistry meters) {
        return new ObjectStoreEnvironment(
                blocking,
                scheduler,
                random,
                clock,
                meters,
                DefaultCredentialsProvider.builder().build(),
                false,
                Optional.empty(),
                ObservedSettings.defaults(),
                HealthSettings.defaults(),
                (_, _) -> {},
                FileStoreSettings.defaults(),
                S3Settings.defaults());
    }

    public ObjectStoreEnvironment allowingModelledStores() {
        return new ObjectStoreEnvironment(
                blocking,
                scheduler,
                random,
                clock,
                meters,
                credentials,
                true,
                modelFile,
                observed,
                health,
                healthListener,
                file,
                s3);
    }

    /// Modelled stores are allowed, and all stores behave as the file says.
    public ObjectStoreEnvironment followingModel(Path model) {
        return new ObjectStoreEnvironment(
                blocking,
                scheduler,
                random,
                clock,
                meters,
                credentials,
                true,
                Optional.of(model),
                observed,
                health,
                healthListener,
                file,
                s3);
    }

    public ObjectStoreEnvironment withCredentials(AwsCredentialsProvider newCredentials) {
        return new ObjectStoreEnvironment(
                blocking,
                scheduler,
                random,
                clock,
                meters,
                newCredentials,
                modelledStoresAllowed,
                modelFile,
                observed,
                health,
                healthListener,
                file,
                s3);
    }

    public ObjectStoreEnvironment withHealthListener(HealthListener newListener) {
        return new ObjectStoreEnvironment(
                blocking,
                scheduler,
                random,
                clock,
                meters,
                credentials,
                modelledStoresAllowed,
                modelFile,
                observed,
                health,
                newListener,
                file,
                s3);
    }

    public ObjectStoreEnvironment withObserved(ObservedSettings newObserved) {
        return new ObjectStoreEnvironment(
                blocking,
                scheduler,
                random,
                clock,
                meters,
                credentials,
                modelledStoresAllowed,
                modelFile,
                newObserved,
                health,
                healthListener,
                file,
                s3);
    }
}
