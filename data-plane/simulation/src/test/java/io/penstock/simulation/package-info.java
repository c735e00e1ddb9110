// SPDX-License-Identifier: Apache-2.0
/// Seeded worlds: brokers, a control plane, clients and a treacherous store on one virtual clock, judged by named
/// invariants.
@NullMarked
package io.penstock.simulation;

import org.jspecify.annotations.NullMarked;
