// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.penstock.simulation.scheduler.Scheduler;
import java.util.Locale;

/// What happened in a world, one line per event, readable from top to bottom.
///
/// The same seed writes the same bytes. Switched off it costs one branch: a failing seed is simply run again with the
/// trace on.
public final class Trace {
    private final Scheduler scheduler;
    private final boolean on;
    private final StringBuilder text = new StringBuilder();

    public Trace(Scheduler scheduler, boolean on) {
        this.scheduler = scheduler;
        this.on = on;
    }

    public boolean isOn() {
        return on;
    }

    /// @param who the process or part of the world that speaks
    @FormatMethod
    public void line(Object who, @FormatString String what, Object... facts) {
        if (on) {
            long micros = scheduler.nanos() / 1000;
            text.append(String.format(Locale.ROOT, "%4d.%06d %-12s ", micros / 1_000_000, micros % 1_000_000, who));
            text.append(String.format(Locale.ROOT, what, facts));
            text.append('\n');
        }
    }

    public String text() {
        return text.toString();
    }
}
