// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

/// What a drill hurts.
public enum DrillKind {
    BROKER_KILL("kill -9 of the broker that leads most loaded shards"),
    BROKER_FREEZE("SIGSTOP of the broker that leads most loaded shards, then SIGCONT"),
    CONTROL_PLANE_KILL("kill -9 of the control plane that acts, which stays away for a while"),
    ALL_BROKERS_KILL("kill -9 of every broker at once"),
    ZONE_KILL("kill -9 of every broker and the control plane of one zone at once"),
    SCALE("twice as many brokers, and as many as before again"),
    BUCKET_SLOW("the bucket takes 0.7 s for half of all PUTs and 2 s for one in a hundred"),
    BUCKET_ERRORS("three of ten requests to the bucket fail");

    private final String does;

    DrillKind(String does) {
        this.does = does;
    }

    public String does() {
        return does;
    }

    /// Whether it hurts the store and leaves every process alone.
    boolean hurtsBucket() {
        return this == BUCKET_SLOW || this == BUCKET_ERRORS;
    }

    /// As people type it: `broker-kill`.
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    static DrillKind parse(String word) {
        for (DrillKind kind : values()) {
            if (kind.word().equalsIgnoreCase(word)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no drill named '" + word + "'");
    }
}
