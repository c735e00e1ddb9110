// SPDX-License-Identifier: Apache-2.0
/// Asking the control plane on behalf of a person: dialogs that change something, and how its answers are told.
@NullMarked
package io.penstock.console.ask;

import org.jspecify.annotations.NullMarked;
