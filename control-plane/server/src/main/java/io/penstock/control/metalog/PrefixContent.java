// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

import io.penstock.metadata.ClusterIdentity;
import io.penstock.metadata.ClusterImage;

/// What was found under a prefix that somebody wants to adopt.
public sealed interface PrefixContent {
    /// There is none, or it was never finished: no identity, or no entry with settings.
    record NoCluster() implements PrefixContent {}

    /// @param image with every entry that the bucket held at the look
    record Holds(ClusterIdentity identity, ClusterImage image) implements PrefixContent {}

    /// A newer Penstock wrote it.
    record Newer(String detail) implements PrefixContent {}

    /// What is there is not what was written.
    record Damaged(String detail) implements PrefixContent {}

    /// The bucket did not say.
    record NoAnswer(String detail) implements PrefixContent {}

    static PrefixContent unusable(boolean newer, Exception why) {
        String detail = String.valueOf(why.getMessage());
        return newer ? new Newer(detail) : new Damaged(detail);
    }
}
