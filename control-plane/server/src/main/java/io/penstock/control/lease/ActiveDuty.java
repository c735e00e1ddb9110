// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.lease;

/// What only the replica that holds the lease does. Begun once, in order, when it gets the lease; ended in reverse
/// order when the process ends: a replica that loses the lease ends, and comes back with an empty memory.
public interface ActiveDuty {

    /// @throws RuntimeException if it cannot begin: then this replica ends, and another one tries
    void begin();

    /// Also called if it never began.
    void end();

    /// Lower ones begin first.
    int order();
}
