// SPDX-License-Identifier: Apache-2.0
/// A broker in the test's own JVM: real network, real log, a store in memory, a hand-made image.
@NullMarked
package io.penstock.broker.testing;

import org.jspecify.annotations.NullMarked;
