// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import java.util.List;

/// What a fleet should be.
///
/// @param brokers how many it should have; of a fleet whose brokers join by themselves it says nothing
/// @param zones over which they are spread; empty: nobody said
record FleetWish(int brokers, List<String> zones, Provisioning provisioning) {
    FleetWish {
        zones = List.copyOf(zones);
    }

    boolean isManaged() {
        return provisioning == Provisioning.MANAGED;
    }
}
