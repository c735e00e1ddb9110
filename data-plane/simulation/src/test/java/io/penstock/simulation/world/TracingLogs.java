// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.world;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.spi.FilterReply;
import io.penstock.simulation.Trace;
import io.penstock.simulation.judge.Invariant;
import io.penstock.simulation.judge.Judge;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;

/// Brings what production code logs into the trace of the world it runs in, and drops it elsewhere.
public final class TracingLogs extends AppenderBase<ILoggingEvent> {
    private static final ThreadLocal<@Nullable Trace> CURRENT = new ThreadLocal<>();
    private static final ThreadLocal<@Nullable Judge> JUDGE = new ThreadLocal<>();

    /// The world whose code this thread runs from now on.
    static void runs(Trace trace, Judge judge) {
        CURRENT.set(trace);
        JUDGE.set(judge);
    }

    /// It runs none any more.
    static void runsNothing() {
        CURRENT.remove();
        JUDGE.remove();
    }

    @Override
    protected void append(ILoggingEvent event) {
        Trace trace = CURRENT.get();
        if (trace != null) {
            String logger = event.getLoggerName();
            IThrowableProxy thrown = event.getThrowableProxy();
            trace.line(
                    "log",
                    "%s %s: %s%s",
                    event.getLevel(),
                    logger.substring(logger.lastIndexOf('.') + 1),
                    event.getFormattedMessage(),
                    thrown == null ? "" : " " + thrown.getClassName() + ": " + thrown.getMessage());
        }
    }

    /// Production code logs an error only when something is wrong that it cannot mend: no fault of a world is a reason.
    ///
    /// Spares untraced worlds the work of making events.
    public static final class OnlyTraced extends TurboFilter {
        @Override
        public FilterReply decide(
                @Nullable Marker marker,
                Logger logger,
                Level level,
                @Nullable String format,
                Object @Nullable [] params,
                @Nullable Throwable thrown) {
            Judge judge = JUDGE.get();
            if (judge != null && level == Level.ERROR) {
                judge.violated(
                        Invariant.NO_ERROR_IS_LOGGED,
                        thrown,
                        logger.getName() + ": "
                                + MessageFormatter.arrayFormat(format, params).getMessage());
            }
            Trace trace = CURRENT.get();
            return trace != null && trace.isOn() ? FilterReply.NEUTRAL : FilterReply.DENY;
        }
    }
}
