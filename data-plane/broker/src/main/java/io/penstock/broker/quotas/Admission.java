// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.quotas;

/// Whether a new connection is let in.
public sealed interface Admission {
    /// It is read after so long: 0 at once.
    record In(int afterMillis) implements Admission {}

    /// It is closed after so long without having been read, so that its client does not come again at once.
    record Out(int afterMillis, String reason) implements Admission {}
}
