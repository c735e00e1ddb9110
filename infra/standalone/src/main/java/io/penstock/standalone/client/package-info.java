// SPDX-License-Identifier: Apache-2.0
/// The command line of the control plane: what the REST API can do, from a terminal.
@NullMarked
package io.penstock.standalone.client;

import org.jspecify.annotations.NullMarked;
