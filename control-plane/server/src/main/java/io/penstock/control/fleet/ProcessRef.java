// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import java.time.Instant;

/// A process of this machine; process ids alone are used again.
public record ProcessRef(long pid, Instant startedAt) {}
