// SPDX-License-Identifier: Apache-2.0
/// Says to callers what is wrong and what they can do about it.
@NullMarked
package io.penstock.control.problem;

import org.jspecify.annotations.NullMarked;
