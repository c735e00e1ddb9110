// SPDX-License-Identifier: Apache-2.0
/// The only door out of the console: the public API, as the console reads it.
@NullMarked
package io.penstock.console.gateway;

import org.jspecify.annotations.NullMarked;
