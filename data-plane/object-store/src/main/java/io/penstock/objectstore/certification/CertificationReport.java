// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.certification;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// What a certification found.
public sealed interface CertificationReport {
    Instant at();

    /// Every check that was made, in order.
    List<CheckResult> checks();

    Latencies latencies();

    /// Every check passed: the store may be used.
    record Passed(Instant at, List<CheckResult> checks, Latencies latencies) implements CertificationReport {
        public Passed {
            checks = List.copyOf(checks);
        }
    }

    /// A check failed: the store must not be used.
    ///
    /// @param reasons one sentence for each failed check
    record Refused(Instant at, List<CheckResult> checks, Latencies latencies, List<String> reasons)
            implements CertificationReport {
        public Refused {
            checks = List.copyOf(checks);
            reasons = List.copyOf(reasons);
        }
    }

    /// What one check found.
    sealed interface CheckResult {
        Check check();

        /// @param trials how often the promise was tried and kept
        record Kept(Check check, int trials) implements CheckResult {}

        /// The store did what it promised not to do.
        record Broken(Check check, String reason) implements CheckResult {}

        /// The store did not answer often enough to be judged. It may be away, or the credentials may be wrong.
        record Undecided(Check check, String reason) implements CheckResult {}
    }

    /// Percentiles of what the certification's own requests took.
    record Latencies(int puts, Duration putP50, Duration putP99, int gets, Duration getP50, Duration getP99) {}
}
