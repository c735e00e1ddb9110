// SPDX-License-Identifier: Apache-2.0
/// The console as a whole, in front of a control plane made of paper.
@NullMarked
package io.penstock.console;

import org.jspecify.annotations.NullMarked;
