// SPDX-License-Identifier: Apache-2.0
/// Proves that keys are what they say.
@NullMarked
package io.penstock.control.access;

import org.jspecify.annotations.NullMarked;
