// SPDX-License-Identifier: Apache-2.0
/// The console's composition: its one Spring configuration, its shell, its frame and who may enter.
@NullMarked
package io.penstock.console;

import org.jspecify.annotations.NullMarked;
