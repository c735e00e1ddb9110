// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Clock;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.HeadOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.ObjectStoreContract;
import io.penstock.objectstore.ObjectVersion;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.certification.BucketCheck;
import io.penstock.objectstore.certification.CertificationReport;
import io.penstock.objectstore.certification.CertificationSettings;
import io.penstock.objectstore.certification.StoreCertification;
import io.penstock.objectstore.opening.StoreUri;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/// The contract on a real server: versitygw, or what `PENSTOCK_TEST_S3` names.
class S3ObjectStoreIT extends ObjectStoreContract {
    private static Optional<VersityGateway> gateway = Optional.empty();
    private static S3Location location;
    private static AwsCredentialsProvider credentials;
    private static ScheduledExecutorService scheduler;
    /// The SDK's threads end, after two seconds of quiet, with the last client: keep one.
    private static ObjectStore keptOpen;

    @BeforeAll
    static void findAServer(@TempDir Path folder) throws IOException {
        scheduler = Executors.newSingleThreadScheduledExecutor();
        Optional<String> given = VersityGateway.endpointOfTheEnvironment();
        String run = "run-" + Instant.now().toEpochMilli();
        if (given.isPresent()) {
            credentials = VersityGateway.credentialsOfTheEnvironment();
            S3Location root = ((StoreUri.S3) StoreUri.parse(given.get())).location();
            location = new S3Location(
                    root.bucket(),
                    root.root().isEmpty() ? run : root.root() + "/" + run,
                    root.endpoint(),
                    root.region(),
                    root.pathStyle());
        } else {
            VersityGateway spawned = VersityGateway.start(folder);
            gateway = Optional.of(spawned);
            spawned.createBucket("penstock");
            credentials = spawned.credentials();
            location = ((StoreUri.S3) StoreUri.parse(spawned.uri("penstock/" + run))).location();
        }
        keptOpen = S3ObjectStore.open(location, credentials, S3Settings.defaults(), scheduler);
    }

    @AfterAll
    static void endTheServer() {
        keptOpen.close();
        gateway.ifPresent(VersityGateway::close);
        scheduler.shutdownNow();
    }

    @Override
    protected ObjectStore open() {
        return S3ObjectStore.open(location, credentials, S3Settings.defaults(), scheduler);
    }

    private static ObjectStore openedAt(S3Location elsewhere) {
        return S3ObjectStore.open(
                elsewhere,
                credentials,
                new S3Settings(4, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3)),
                scheduler);
    }

    @Test
    void aServerThatIsNotThereGivesNoCertainAnswer() {
        assertNothingIsCertain(openedAt(new S3Location(
                location.bucket(), "", Optional.of(URI.create("http://127.0.0.1:1")), Optional.of("us-east-1"), true)));
    }

    @Test
    void aBucketThatIsNotThereGivesNoCertainAnswerToAPutOrGet() {
        try (ObjectStore store = openedAt(new S3Location(
                "penstock-no-such-bucket", "", location.endpoint(), location.region(), location.pathStyle()))) {
            ObjectKey key = ObjectKey.of("a");
            for (PutCondition condition : new PutCondition[] {
                PutCondition.always(), PutCondition.ifAbsent(), PutCondition.ifVersion(new ObjectVersion("\"x\""))
            }) {
                assertThat(store.put(key, ByteBuffer.allocate(1), condition).join())
                        .isInstanceOf(PutOutcome.Unknown.class);
            }
            assertThat(store.get(key).join()).isInstanceOf(GetOutcome.Failed.class);
            assertThat(store.list("", Optional.empty(), 10).join()).isInstanceOf(ListOutcome.Failed.class);
        }
    }

    @Test
    void aClosedStoreGivesNoCertainAnswer() {
        ObjectStore store = open();
        store.close();
        assertNothingIsCertain(store);
    }

    @Test
    void theServerIsCertified() {
        try (ObjectStore one = open();
                ObjectStore other = open()) {
            CertificationReport report = new StoreCertification(
                            CertificationSettings.defaults(), new SecureRandom(), Clock.SYSTEM)
                    .certify(List.of(one, other));

            assertThat(report)
                    .as(BucketCheck.show("the server", report))
                    .isInstanceOf(CertificationReport.Passed.class);
            assertThat(((ListOutcome.Listed) one.list("penstock-certification/", Optional.empty(), 10)
                                    .join())
                            .objects())
                    .isEmpty();
        }
    }

    private static void assertNothingIsCertain(ObjectStore store) {
        try (store) {
            ObjectKey key = ObjectKey.of("a");
            assertThat(store.put(key, ByteBuffer.allocate(1), PutCondition.ifAbsent())
                            .join())
                    .isInstanceOf(PutOutcome.Unknown.class);
            assertThat(store.get(key).join()).isInstanceOf(GetOutcome.Failed.class);
            assertThat(store.head(key).join()).isInstanceOf(HeadOutcome.Failed.class);
            assertThat(store.list("", Optional.empty(), 10).join()).isInstanceOf(ListOutcome.Failed.class);
            assertThat(store.delete(key).join()).isInstanceOf(DeleteOutcome.Unknown.class);
        }
    }
}
