// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.history;

import java.util.List;
import java.util.Map;

/// What a history shows.
///
/// @param acknowledged records whose offset their producer was told
/// @param read different offsets that anybody read
/// @param anomalies how many of each kind; kinds without any are left out
/// @param examples the first few of each kind, in words
public record Judgement(long sent, long acknowledged, long read, Map<Anomaly, Long> anomalies, List<String> examples) {
    public Judgement {
        anomalies = Map.copyOf(anomalies);
        examples = List.copyOf(examples);
    }

    public boolean clean() {
        return anomalies.isEmpty();
    }

    public long count(Anomaly anomaly) {
        return anomalies.getOrDefault(anomaly, 0L);
    }
}
