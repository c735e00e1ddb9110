// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.fsck;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Damages in the order they were found, each once; beyond a number they are only counted, so that a bucket that is
/// damaged everywhere does not fill the memory.
public final class Findings {
    private static final int KEPT = 1_000;

    private final Set<Finding> kept = new LinkedHashSet<>();
    private long more;

    public void add(Damage damage, String object, String detail) {
        add(new Finding(damage, object, detail));
    }

    public void add(Finding finding) {
        if (kept.size() < KEPT) {
            kept.add(finding);
        } else if (!kept.contains(finding)) {
            more++;
        }
    }

    void addAll(Findings others) {
        others.kept.forEach(this::add);
        more += others.more;
    }

    public boolean isEmpty() {
        return kept.isEmpty();
    }

    public List<Finding> list() {
        return List.copyOf(kept);
    }

    /// How many were found beyond those kept.
    public long more() {
        return more;
    }
}
