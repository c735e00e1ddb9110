// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.history;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Counts anomalies and keeps the first few of each kind.
final class Findings {
    private static final int EXAMPLES = 5;

    private final Map<Anomaly, Long> counts = new EnumMap<>(Anomaly.class);
    private final List<String> examples = new ArrayList<>();

    void found(Anomaly anomaly, int partition, String what) {
        if (counts.merge(anomaly, 1L, Long::sum) <= EXAMPLES) {
            examples.add(anomaly + ": partition " + partition + ": " + what);
        }
    }

    void addAll(Findings others) {
        others.counts.forEach((anomaly, count) -> counts.merge(anomaly, count, Long::sum));
        examples.addAll(others.examples);
    }

    Map<Anomaly, Long> counts() {
        return counts;
    }

    List<String> examples() {
        return examples;
    }
}
