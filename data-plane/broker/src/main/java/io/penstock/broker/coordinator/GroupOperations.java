// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;

/// What may be done with a group, in the bit field of KIP-430.
final class GroupOperations {
    private static final Set<AclOperation> MEANINGFUL = Set.of(
            AclOperation.READ,
            AclOperation.DESCRIBE,
            AclOperation.DELETE,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS);

    private GroupOperations() {}

    /// Without an authorizer: everything that has a meaning for a group.
    static int allowed() {
        int bits = 0;
        for (AclOperation operation : MEANINGFUL) {
            bits |= 1 << operation.code();
        }
        return bits;
    }
}
