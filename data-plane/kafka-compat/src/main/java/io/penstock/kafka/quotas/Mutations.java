// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.quotas;

import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.server.quota.ControllerMutationQuota;

/// What one request may still change of a cluster's topics (KIP-599): a partition that is made or deleted
/// counts one.
public final class Mutations {
    /// As much as it likes.
    static final Mutations UNLIMITED = new Mutations(ControllerMutationQuota.UNBOUNDED_CONTROLLER_MUTATION_QUOTA);

    private final ControllerMutationQuota quota;

    Mutations(ControllerMutationQuota quota) {
        this.quota = quota;
    }

    /// Takes all of it, or nothing.
    ///
    /// @return whether it may be done; clients of old, which do not know that answer, always may
    public boolean take(int partitions) {
        try {
            quota.record(partitions);
            return true;
        } catch (ThrottlingQuotaExceededException e) {
            return false;
        }
    }

    /// How long the client has to pause, in milliseconds; 0: not at all.
    public int pauseMillis() {
        return quota.throttleTime();
    }
}
