// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.parts;

import com.vaadin.flow.component.html.Span;
import java.util.Locale;

/// Where something is in its life: a word and a colour.
public final class PhaseBadge extends Span {
    private static final long serialVersionUID = 1L;

    public PhaseBadge(String phase) {
        addClassNames("phase", "phase-" + tone(phase));
        setText(phase.isEmpty() ? "unknown" : phase.toLowerCase(Locale.ROOT));
    }

    /// Phases are an open list: one that is newer than this console is shown as it is, without a judgement.
    private static String tone(String phase) {
        return switch (phase) {
            case "READY", "SERVING", "SUCCEEDED" -> "good";
            case "PENDING", "PROVISIONING", "UPDATING", "STARTING", "DRAINING", "RUNNING" -> "moving";
            case "DEGRADED", "SUSPECTED" -> "warning";
            case "FAILED", "LOST" -> "bad";
            default -> "neutral";
        };
    }
}
