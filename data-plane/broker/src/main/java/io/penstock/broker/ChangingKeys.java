// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker;

import io.penstock.brokerapi.v1.ClusterAttached;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/// The keys of one bucket as the control plane told them last. Asked for every request, by any thread.
final class ChangingKeys implements AwsCredentialsProvider {
    private final AwsCredentialsProvider environment;
    private volatile Keys now;

    /// @param accessKeyId empty: the broker's own environment says who it is
    record Keys(String accessKeyId, String secretAccessKey, String sessionToken) {
        static Keys of(ClusterAttached cluster) {
            return new Keys(cluster.getAccessKeyId(), cluster.getSecretAccessKey(), cluster.getSessionToken());
        }

        /// Never shows secrets.
        @Override
        public String toString() {
            return "Keys[" + accessKeyId + "]";
        }
    }

    /// @param environment asked as long as no keys are given
    ChangingKeys(Keys first, AwsCredentialsProvider environment) {
        this.now = first;
        this.environment = environment;
    }

    /// @return whether they are others than before
    boolean become(Keys keys) {
        boolean others = !keys.equals(now);
        now = keys;
        return others;
    }

    @Override
    public AwsCredentials resolveCredentials() {
        Keys keys = now;
        if (keys.accessKeyId.isEmpty()) {
            return environment.resolveCredentials();
        }
        return keys.sessionToken.isEmpty()
                ? AwsBasicCredentials.create(keys.accessKeyId, keys.secretAccessKey)
                : AwsSessionCredentials.create(keys.accessKeyId, keys.secretAccessKey, keys.sessionToken);
    }
}
