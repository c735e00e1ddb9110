// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.broker.ChangingKeys.Keys;
import io.penstock.brokerapi.v1.ClusterAttached;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

class OpenedStoresTest {
    private final OpenedStores stores =
            new OpenedStores(new Random(1), new SimpleMeterRegistry(), false, Optional.empty());

    @AfterEach
    void close() {
        stores.close();
    }

    @Test
    void clustersOfOneBucketShareAStoreWhateverItsKeysBecome() {
        var first = stores.of(cluster("kc_1", "bkt_1", "old").build());

        assertThat(stores.of(cluster("kc_2", "bkt_1", "new").build())).isSameAs(first);
        assertThat(stores.of(cluster("kc_3", "bkt_2", "new").build())).isNotSameAs(first);
    }

    @Test
    void withoutABucketsNameNobodySharesKeys() {
        var first = stores.of(cluster("kc_1", "", "a").build());

        assertThat(stores.of(cluster("kc_2", "", "b").build())).isNotSameAs(first);
        assertThat(stores.of(cluster("kc_1", "", "c").build())).isSameAs(first);
    }

    @Test
    void theNextRequestIsSignedWithTheKeysThatWereToldLast() {
        var environment = AnonymousCredentialsProvider.create();
        var keys = new ChangingKeys(new Keys("one", "secret", ""), environment);
        assertThat(keys.resolveCredentials().accessKeyId()).isEqualTo("one");

        assertThat(keys.become(new Keys("one", "secret", ""))).isFalse();
        assertThat(keys.become(new Keys("two", "other", "token"))).isTrue();
        assertThat(keys.resolveCredentials()).isEqualTo(AwsSessionCredentials.create("two", "other", "token"));

        assertThat(keys.become(new Keys("", "", ""))).isTrue();
        assertThat(keys.resolveCredentials()).isEqualTo(environment.resolveCredentials());
    }

    @Test
    void keysAreNotShown() {
        assertThat(new Keys("id", "very-secret", "token").toString()).isEqualTo("Keys[id]");
    }

    private static ClusterAttached.Builder cluster(String id, String bucket, String accessKeyId) {
        return ClusterAttached.newBuilder()
                .setClusterId(id)
                .setBucketId(bucket)
                .setBucketUri("memory:")
                .setAccessKeyId(accessKeyId)
                .setSecretAccessKey("secret");
    }
}
