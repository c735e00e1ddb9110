// SPDX-License-Identifier: Apache-2.0
/// Tests of what readers find in memory.
@NullMarked
package io.penstock.log.read;

import org.jspecify.annotations.NullMarked;
