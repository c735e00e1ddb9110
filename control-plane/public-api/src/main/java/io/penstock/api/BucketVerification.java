// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.time.Instant;
import java.util.List;

/// Proof that a store keeps the promises that Penstock's safety rests on, or what is wrong with it.
public record BucketVerification(boolean passed, Instant verifiedAt, long durationMillis, List<Check> checks) {

    /// One promise that was tried.
    ///
    /// @param detail what was seen
    public record Check(String name, boolean passed, String detail) {}
}
