// SPDX-License-Identifier: Apache-2.0
/// Specifications of the package of this name.
@NullMarked
package io.penstock.console.topics;

import org.jspecify.annotations.NullMarked;
