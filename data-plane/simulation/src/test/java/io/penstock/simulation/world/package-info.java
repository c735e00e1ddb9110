// SPDX-License-Identifier: Apache-2.0
/// What a world is made of: brokers, a control plane, clients, and chaos.
@NullMarked
package io.penstock.simulation.world;

import org.jspecify.annotations.NullMarked;
