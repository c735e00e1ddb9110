// SPDX-License-Identifier: Apache-2.0
/// Runs a test once per seed, and says how to run one seed again.
@NullMarked
package io.penstock.simulation.junit;

import org.jspecify.annotations.NullMarked;
