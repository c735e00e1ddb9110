// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.observed;

/// Every metric of an object store. Prometheus shows them with `_` for `.` and `_total` or `_seconds` behind.
public enum StoreMetric {
    REQUESTS("penstock.object.store.requests", "Requests sent to the object store, every attempt counted"),
    REQUEST("penstock.object.store.request", "Time from a request to its answer, or to its time-out"),
    BYTES("penstock.object.store.bytes", "Bytes of objects put and got"),
    ERRORS("penstock.object.store.errors", "Requests without a certain answer"),
    HEALTH("penstock.object.store.health", "2 healthy, 1 degraded, 0 unavailable");

    private final String meterName;
    private final String description;

    StoreMetric(String meterName, String description) {
        this.meterName = meterName;
        this.description = description;
    }

    public String meterName() {
        return meterName;
    }

    public String description() {
        return description;
    }
}
