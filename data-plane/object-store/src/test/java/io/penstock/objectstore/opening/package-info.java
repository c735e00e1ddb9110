// SPDX-License-Identifier: Apache-2.0
/// Proves that every bad URI is refused with a remedy.
@NullMarked
package io.penstock.objectstore.opening;

import org.jspecify.annotations.NullMarked;
