// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.lease;

import java.util.List;
import java.util.Optional;

/// The right to act for the organisation. At most one replica has it; what a former holder still writes is refused by
/// the database, so a wrong answer here costs an error and never a second truth.
public interface Lease {

    /// Whether this replica holds the lease, as far as it heard within the lease's lifetime. A process that was
    /// paused for longer says no until it has asked again.
    boolean held();

    /// Counts take-overs; 0: this replica never held it.
    long epoch();

    /// This replica.
    Replica self();

    /// Who holds the lease, as it was said last; perhaps this replica. Empty: nobody is known to.
    Optional<Replica> active();

    /// Every replica that was heard of lately, by id.
    List<Replica> replicas();

    /// What replicas show each other when they pass requests on; empty until the database was asked.
    String secret();
}
