// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

/// Hears, inside the transaction that writes a broker's row, that something longer begins for it.
interface BrokerJournal {
    /// Writes nothing.
    BrokerJournal NONE = (workflow, broker) -> {};

    void begins(BrokerWorkflow workflow, Broker broker);
}
