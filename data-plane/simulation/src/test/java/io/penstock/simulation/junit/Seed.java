// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.junit;

import io.penstock.simulation.WorldStatistics;
import java.util.ArrayList;
import java.util.List;

/// What decides a world, and what comes back from running it.
public final class Seed {
    private final long number;
    private final boolean traced;
    private final List<String> traces = new ArrayList<>();
    private final List<WorldStatistics> reports = new ArrayList<>();

    public Seed(long number, boolean traced) {
        this.number = number;
        this.traced = traced;
    }

    public long number() {
        return number;
    }

    /// Whether the world shall write down what happens.
    public boolean traced() {
        return traced;
    }

    /// Takes what a world wrote down.
    public void keepTrace(String trace) {
        traces.add(trace);
    }

    /// Takes what a world did, for the totals of the run.
    public void report(WorldStatistics statistics) {
        reports.add(statistics);
    }

    public String trace() {
        return String.join("\n", traces);
    }

    List<WorldStatistics> reports() {
        return reports;
    }

    @Override
    public String toString() {
        return "seed " + number;
    }
}
