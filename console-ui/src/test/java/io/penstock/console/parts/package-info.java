// SPDX-License-Identifier: Apache-2.0
/// Specifications of the package of this name.
@NullMarked
package io.penstock.console.parts;

import org.jspecify.annotations.NullMarked;
