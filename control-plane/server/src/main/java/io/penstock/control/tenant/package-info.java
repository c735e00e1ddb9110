// SPDX-License-Identifier: Apache-2.0
/// Keeps the customers.
@NullMarked
package io.penstock.control.tenant;

import org.jspecify.annotations.NullMarked;
