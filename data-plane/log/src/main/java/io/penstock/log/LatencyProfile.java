// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

/// How long group commit lets batches wait for company: the one knob between latency and cost of requests.
public enum LatencyProfile {
    /// Half of what a PUT takes between PUTs, at most 4 ms.
    FAST,
    /// About 50 ms between PUTs: the default.
    BALANCED,
    /// 250 ms to 1 s between PUTs.
    ECONOMY
}
