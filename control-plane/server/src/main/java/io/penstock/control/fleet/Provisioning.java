// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

/// Who makes a fleet's brokers.
public enum Provisioning {
    /// This control plane, through its provisioner.
    MANAGED,
    /// Whoever runs them: they join with one-time tokens and are neither started nor ended from here.
    JOINED
}
