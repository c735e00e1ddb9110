// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.fsck;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.fsck.ClusterReport;
import io.penstock.log.fsck.Damage;
import io.penstock.log.fsck.Finding;
import io.penstock.log.fsck.FsckSettings;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.file.FileObjectStore;
import io.penstock.objectstore.file.FileStoreSettings;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.MetaKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A bucket that an earlier release left after failovers and hand-offs, every process killed.
class BucketFsckTest {
    private static final Path RELEASED =
            Path.of("../../data-plane/broker/src/test/resources/releases/0.1.0/bucket.zip");

    @TempDir
    private Path folder = Path.of("");

    private FileObjectStore store;
    private BucketFsck fsck;

    @BeforeEach
    void unpack() throws IOException {
        try (InputStream file = Files.newInputStream(RELEASED);
                ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path target = folder.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(zip, target);
                }
            }
        }
        store = FileObjectStore.open(
                folder, Runnable::run, new SecureRandom(), InstantSource.system(), FileStoreSettings.defaults());
        fsck = new BucketFsck(store, FsckSettings.defaults(), InstantSource.system(), _ -> {});
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aBucketOfAnEarlierReleaseIsWhole() throws IOException {
        List<ClusterPrefix> clusters = fsck.clusters();

        assertThat(clusters).hasSize(1);
        ClusterReport report = fsck.check(clusters.getFirst());
        assertThat(report.findings()).isEmpty();
        assertThat(report.exitCode()).isZero();
        assertThat(report.records()).isGreaterThan(500);
        assertThat(FsckText.text(report)).contains(": WHOLE");
    }

    @Test
    void aBrokenMetalogIsDamage() throws IOException {
        ClusterPrefix cluster = fsck.clusters().getFirst();
        ObjectKey entry = new MetaKeys(cluster).entry(3);
        ByteBuffer bytes = ((GetOutcome.Found) store.get(entry).join()).bytes();
        ByteBuffer flipped = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
        flipped.put(20, (byte) (flipped.get(20) ^ 1));
        store.put(entry, flipped, PutCondition.always()).join();

        ClusterReport report = fsck.check(cluster);

        assertThat(report.findings())
                .extracting(Finding::damage, Finding::object)
                .contains(org.assertj.core.groups.Tuple.tuple(Damage.METALOG_BROKEN, entry.value()));
        JsonNode json = JsonMapper.builder().build().readTree(FsckText.json("file:bucket", List.of(report)));
        assertThat(json.path("exit_code").asInt()).isEqualTo(1);
        assertThat(json.path("clusters")
                        .get(0)
                        .path("findings")
                        .get(0)
                        .path("damage")
                        .asString())
                .isEqualTo("METALOG_BROKEN");
    }
}
