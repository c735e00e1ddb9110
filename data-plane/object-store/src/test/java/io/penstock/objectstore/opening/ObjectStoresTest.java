// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.opening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.VirtualScheduler;
import io.penstock.objectstore.modelled.StoreModel;
import io.penstock.objectstore.s3.S3Location;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectStoresTest {
    @TempDir
    private Path folder;

    private final VirtualScheduler scheduler = new VirtualScheduler();
    private final ObjectStoreEnvironment environment = ObjectStoreEnvironment.of(
            Runnable::run, scheduler, new SecureRandom(), InstantSource.system(), new SimpleMeterRegistry());

    @Test
    void aFolderIsCreatedAndKeepsItsObjects() {
        String uri = "file:" + folder.resolve("not/yet/there");
        ObjectKey key = ObjectKey.of("a");
        try (var store = ObjectStores.open(uri, environment)) {
            assertThat(store.put(key, ByteBuffer.allocate(3), PutCondition.ifAbsent())
                            .join())
                    .isInstanceOf(PutOutcome.Stored.class);
        }
        try (var store = ObjectStores.open("file://" + folder.resolve("not/yet/there"), environment)) {
            assertThat(store.get(key).join()).isInstanceOf(GetOutcome.Found.class);
        }
    }

    @Test
    void s3IsReadWithAllItsParameters() {
        assertThat(StoreUri.parse(
                        "s3://bucket/some/root/?endpoint=http%3A%2F%2Flocalhost:9000&region=eu-west-1&path_style=true"))
                .isEqualTo(new StoreUri.S3(
                        new S3Location(
                                "bucket",
                                "some/root",
                                Optional.of(URI.create("http://localhost:9000")),
                                Optional.of("eu-west-1"),
                                true),
                        Optional.empty()));
        assertThat(StoreUri.parse("s3://bucket").name()).isEqualTo("s3://bucket");
        try (var store = ObjectStores.open("s3://bucket?region=eu-west-1", environment)) {
            assertThat(store.health()).isNotNull();
        }
    }

    @Test
    void aModelIsReadWithAllItsParameters() {
        assertThat(StoreUri.parse("file:x?put_ms=35&put_p99_ms=150&get_ms=12.5&error_rate=0.1&lost_reply_rate=0.02")
                        .model())
                .contains(new StoreModel(
                        new StoreModel.Latency(Duration.ofMillis(35), Duration.ofMillis(150)),
                        new StoreModel.Latency(Duration.ofNanos(12_500_000), Duration.ofNanos(12_500_000)),
                        0.1,
                        0.02));
    }

    @Test
    void aModelledStoreIsRefusedUnlessAllowed() {
        assertThatThrownBy(() -> ObjectStores.open("memory:?put_ms=35", environment))
                .isInstanceOfSatisfying(
                        StoreUriException.class,
                        wrong -> assertThat(wrong.problem()).isEqualTo(StoreUriProblem.MODEL_NOT_ALLOWED))
                .hasMessageContaining("tests, drills and benchmarks");

        try (var store = ObjectStores.open("memory:?put_ms=35", environment.allowingModelledStores())) {
            var outcome = store.put(ObjectKey.of("a"), ByteBuffer.allocate(1), PutCondition.ifAbsent());
            assertThat(outcome).isNotDone();
            scheduler.pass(Duration.ofMillis(35));
            assertThat(outcome.join()).isInstanceOf(PutOutcome.Stored.class);
        }
    }

    @Test
    void aFileSaysHowStoresBehaveWhileItIsThere() throws IOException {
        Path model = folder.resolve("model");
        try (var store = ObjectStores.open("memory:", environment.followingModel(model))) {
            ObjectKey key = ObjectKey.of("a");
            assertThat(store.head(key)).isDone();

            Files.writeString(model, "get_ms=700\n");
            scheduler.pass(Duration.ofSeconds(1));
            var slow = store.head(key);
            assertThat(slow).isNotDone();
            scheduler.pass(Duration.ofSeconds(1));
            assertThat(slow).isDone();

            Files.delete(model);
            scheduler.pass(Duration.ofSeconds(1));
            assertThat(store.head(key)).isDone();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            http://x                         | UNKNOWN_SCHEME    | file:DIR or s3://
            /some/folder                     | UNKNOWN_SCHEME    | file:DIR or s3://
            file:                            | FOLDER_MISSING    | Name a folder
            file:?put_ms=1                   | FOLDER_MISSING    | Name a folder
            file://host/folder               | MALFORMED         | no host
            file:x?put_ms                    | MALFORMED         | 'put_ms' is not name=value
            file:x?put_ms=1&put_ms=2         | MALFORMED         | given twice
            file:x?region=eu-1               | UNKNOWN_PARAMETER | 'region' is not a parameter
            file:x?put_ms=fast               | BAD_VALUE         | not 'fast'
            file:x?put_ms=-1                 | BAD_VALUE         | not '-1'
            file:x?put_ms=NaN                | BAD_VALUE         | not 'NaN'
            file:x?put_p99_ms=100            | BAD_VALUE         | put_p99_ms needs put_ms
            file:x?put_ms=100&put_p99_ms=50  | BAD_VALUE         | p99 is not below p50
            file:x?error_rate=2              | BAD_VALUE         | share from 0 to 1
            s3://                            | BUCKET_MISSING    | Name a bucket
            s3:///root                       | BUCKET_MISSING    | Name a bucket
            s3://Bucket                      | BAD_VALUE         | not a bucket's name
            s3://bucket/a//b                 | BAD_VALUE         | not a root
            s3://bucket?endpoint=host:9000   | BAD_VALUE         | not http://host:port
            s3://bucket?path_style=yes       | BAD_VALUE         | true or false
            s3://bucket?regoin=eu-1          | UNKNOWN_PARAMETER | known: endpoint, path_style, region
            s3://bucket?endpoint=%zz         | MALFORMED         | not percent-encoded
            """)
    void aBadUriIsRefusedWithWhatToDo(String uri, StoreUriProblem problem, String message) {
        assertThatThrownBy(() -> ObjectStores.open(uri, environment))
                .isInstanceOfSatisfying(
                        StoreUriException.class,
                        wrong -> assertThat(wrong.problem()).isEqualTo(problem))
                .hasMessageStartingWith("'" + uri + "'")
                .hasMessageContaining(message)
                .hasMessageEndingWith(problem.remedy());
    }

    @Test
    void aFolderThatCannotBeUsedIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");

        for (Path unusable : new Path[] {file, file.resolve("below"), Path.of("/proc/penstock")}) {
            assertThatThrownBy(() -> ObjectStores.open("file:" + unusable, environment))
                    .isInstanceOfSatisfying(
                            StoreUriException.class,
                            wrong -> assertThat(wrong.problem()).isEqualTo(StoreUriProblem.FOLDER_UNUSABLE))
                    .hasMessageContaining("create and write");
        }
    }
}
