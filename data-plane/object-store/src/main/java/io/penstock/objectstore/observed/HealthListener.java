// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.observed;

/// Hears of changes of a store's health, on the thread that saw the answer; must not block.
@FunctionalInterface
public interface HealthListener {
    void healthChanged(HealthState before, HealthState now);
}
