// SPDX-License-Identifier: Apache-2.0
/// The broker's one connection to the control plane: registration, the session stream, administrative calls.
@NullMarked
package io.penstock.broker.control;

import org.jspecify.annotations.NullMarked;
