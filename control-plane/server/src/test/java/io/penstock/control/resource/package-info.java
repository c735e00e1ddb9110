// SPDX-License-Identifier: Apache-2.0
/// Proves that ids and pages hold.
@NullMarked
package io.penstock.control.resource;

import org.jspecify.annotations.NullMarked;
