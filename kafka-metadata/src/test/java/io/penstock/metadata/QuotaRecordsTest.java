// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.common.metadata.ClientQuotaRecord;
import org.apache.kafka.common.metadata.ClientQuotaRecord.EntityData;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What clients and tenants may use, as the metalog tells it.
class QuotaRecordsTest {
    private static final TenantLimits LIMITS =
            new TenantLimits(OptionalLong.of(1 << 20), OptionalLong.empty(), OptionalLong.of(50));

    private static MetalogRecord quota(String type, @Nullable String name, String key, double value) {
        return new MetalogRecord.Kafka(new ApiMessageAndVersion(
                new ClientQuotaRecord()
                        .setEntity(List.of(new EntityData().setEntityType(type).setEntityName(name)))
                        .setKey(key)
                        .setValue(value),
                (short) 0));
    }

    private static List<MetalogRecord> everyRecordOfQuotas() {
        return List.of(
                quota("user", "sa_orders", "producer_byte_rate", 1000),
                quota("client-id", null, "request_percentage", 12.5),
                quota("ip", "10.0.0.7", "connection_creation_rate", 5),
                new MetalogRecord.TenantLimited(LIMITS));
    }

    @Test
    void theBytesOfAnEntryAboutQuotasArePinned() throws Exception {
        MetalogEntry entry =
                new MetalogEntry(7, 0x0123456789abcdefL, ACluster.OWNER, 42, 1_700_000_000_000L, everyRecordOfQuotas());

        Golden.assertSame("quota-entry-v1", MetalogCodec.encode(entry).bytes());
        assertThat(MetalogCodec.decode(7, ByteBuffer.wrap(Golden.read("quota-entry-v1"))))
                .isEqualTo(entry);
    }

    @Test
    void theBytesOfASnapshotWithQuotasArePinned() throws Exception {
        ACluster cluster = ACluster.withShards(2);
        cluster.enter(everyRecordOfQuotas());

        Golden.assertSame("quota-snapshot-v1", MetaSnapshot.encode(cluster.image()));
        ClusterImage read = MetaSnapshot.decode(2, ByteBuffer.wrap(Golden.read("quota-snapshot-v1")))
                .image();
        assertThat(read.tenantLimits()).isEqualTo(LIMITS);
        assertThat(read.kafka().clientQuotas())
                .isEqualTo(cluster.image().kafka().clientQuotas());
        assertThat(MetaSnapshot.encode(read)).isEqualTo(MetaSnapshot.encode(cluster.image()));
    }

    @Test
    void aTenantsLimitsAreDeclaredWhole() {
        ACluster cluster = ACluster.withShards(1);
        cluster.enter(new MetalogRecord.TenantLimited(LIMITS));

        cluster.enter(new MetalogRecord.TenantLimited(TenantLimits.NONE));

        assertThat(cluster.image().tenantLimits()).isEqualTo(TenantLimits.NONE);
    }
}
