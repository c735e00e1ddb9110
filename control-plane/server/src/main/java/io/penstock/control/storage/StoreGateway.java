// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.storage;

import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.api.BucketVerification;
import io.penstock.control.problem.ProblemException;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.certification.CertificationReport;
import io.penstock.objectstore.certification.CertificationReport.CheckResult;
import io.penstock.objectstore.certification.CertificationSettings;
import io.penstock.objectstore.certification.StoreCertification;
import io.penstock.objectstore.opening.ObjectStoreEnvironment;
import io.penstock.objectstore.opening.ObjectStores;
import io.penstock.objectstore.opening.StoreUri;
import io.penstock.objectstore.opening.StoreUriException;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// Opens object stores and certifies them.
@Component
class StoreGateway {
    private final Clock clock;
    private final RandomGenerator random;
    private final MeterRegistry meters;
    private final ExecutorService disk = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("store-disk-", 0).factory());
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("store-clockwork").factory());
    private final ObjectStoreEnvironment environment;

    StoreGateway(Clock clock, RandomGenerator random, MeterRegistry meters, StorageSettings settings) {
        this.clock = clock;
        this.random = random;
        this.meters = meters;
        var usual = ObjectStoreEnvironment.of(disk, scheduler, random, clock, meters);
        this.environment = settings.allowModelledStores() ? usual.allowingModelledStores() : usual;
    }

    /// @param credentials empty: those of the environment
    /// @throws ProblemException if the URI cannot be understood or opened
    ObjectStore open(String uri, Optional<StoreCredentials> credentials) {
        try {
            refuseWhatBrokersCannotOpen(StoreUri.parse(uri));
            return ObjectStores.open(uri, credentials.map(this::withCredentials).orElse(environment));
        } catch (StoreUriException e) {
            throw ProblemException.field(
                    "/spec/uri", e.problem().name().toLowerCase(Locale.ROOT), String.valueOf(e.getMessage()));
        }
    }

    /// Tries every promise of an object store (log.md, R14), over two connections. Leaves nothing behind.
    BucketVerification certify(String uri, Optional<StoreCredentials> credentials) {
        var started = clock.instant();
        try (var one = open(uri, credentials);
                var other = open(uri, credentials)) {
            var report = new StoreCertification(
                            CertificationSettings.defaults(),
                            random,
                            meters.config().clock())
                    .certify(List.of(one, other));
            var passed = switch (report) {
                case CertificationReport.Passed _ -> true;
                case CertificationReport.Refused _ -> false;
            };
            return new BucketVerification(
                    passed,
                    started,
                    Duration.between(started, clock.instant()).toMillis(),
                    report.checks().stream().map(StoreGateway::told).toList());
        }
    }

    private static BucketVerification.Check told(CheckResult result) {
        var name = result.check().name();
        return switch (result) {
            case CheckResult.Kept(var check, int trials) ->
                new BucketVerification.Check(name, true, check.promise() + " (" + trials + " trials)");
            case CheckResult.Broken(var check, var reason) ->
                new BucketVerification.Check(name, false, "it does not hold that " + check.promise() + ": " + reason);
            case CheckResult.Undecided(var check, var reason) ->
                new BucketVerification.Check(
                        name, false, "it could not be found out whether " + check.promise() + ": " + reason);
        };
    }

    private static void refuseWhatBrokersCannotOpen(StoreUri uri) {
        switch (uri) {
            case StoreUri.File file -> {
                if (!file.folder().isAbsolute()) {
                    throw ProblemException.field(
                            "/spec/uri",
                            "not_absolute",
                            "brokers run in other folders than this control plane: write file:/DIR");
                }
            }
            case StoreUri.Memory _ ->
                throw ProblemException.field(
                        "/spec/uri",
                        "not_shared",
                        "a store in memory is seen by one process only: use file:/DIR or s3://bucket");
            case StoreUri.S3 _ -> {}
        }
    }

    private ObjectStoreEnvironment withCredentials(StoreCredentials given) {
        var keys = given.sessionToken()
                .map(token -> (software.amazon.awssdk.auth.credentials.AwsCredentials)
                        AwsSessionCredentials.create(given.accessKeyId(), given.secretAccessKey(), token))
                .orElseGet(() -> AwsBasicCredentials.create(given.accessKeyId(), given.secretAccessKey()));
        return environment.withCredentials(StaticCredentialsProvider.create(keys));
    }

    @PreDestroy
    void close() {
        disk.shutdown();
        scheduler.shutdown();
    }
}
