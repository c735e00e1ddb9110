// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

/// Who appends: decides whether producer sequences are checked (Kafka's `AppendOrigin`).
public enum AppendOrigin {
    CLIENT,
    /// Group and transaction coordinators: sequences are not checked.
    COORDINATOR
}
