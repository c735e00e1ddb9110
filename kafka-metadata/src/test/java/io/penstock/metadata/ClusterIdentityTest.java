// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ClusterIdentityTest {
    private final ClusterIdentity identity =
            new ClusterIdentity("I7jcQbMVT6mXd2wtyqhyPw", "tenant-1", 16, 1_700_000_000_000L);

    @Test
    void theBytesArePinned() {
        Golden.assertSame("cluster-v1", identity.encode());
    }

    @Test
    void versionOneStaysReadable() throws Exception {
        assertThat(ClusterIdentity.decode(ByteBuffer.wrap(Golden.read("cluster-v1"))))
                .isEqualTo(identity);
    }

    @Test
    void damageAnywhereIsNoticed() {
        byte[] bytes = identity.encode();
        for (int at = 0; at < bytes.length; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 0x40;
            assertThatThrownBy(() -> ClusterIdentity.decode(ByteBuffer.wrap(damaged)))
                    .as("byte %d", at)
                    .isInstanceOf(MetadataFormatException.class);
        }
    }
}
