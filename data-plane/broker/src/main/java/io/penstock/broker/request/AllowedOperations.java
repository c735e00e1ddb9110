// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;

/// What a principal may do with a thing, in the bit field of KIP-430. Without an authorizer: everything that
/// has a meaning for such a thing.
public final class AllowedOperations {
    /// The client did not ask.
    public static final int NOT_ASKED = Integer.MIN_VALUE;

    private static final Set<AclOperation> TOPIC = Set.of(
            AclOperation.READ,
            AclOperation.WRITE,
            AclOperation.CREATE,
            AclOperation.DESCRIBE,
            AclOperation.DELETE,
            AclOperation.ALTER,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS);
    private static final Set<AclOperation> CLUSTER = Set.of(
            AclOperation.CREATE,
            AclOperation.CLUSTER_ACTION,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS,
            AclOperation.IDEMPOTENT_WRITE,
            AclOperation.ALTER,
            AclOperation.DESCRIBE);

    private AllowedOperations() {}

    public static int onTopic() {
        return bits(TOPIC);
    }

    public static int onCluster() {
        return bits(CLUSTER);
    }

    private static int bits(Set<AclOperation> operations) {
        int bits = 0;
        for (AclOperation operation : operations) {
            bits |= 1 << operation.code();
        }
        return bits;
    }
}
