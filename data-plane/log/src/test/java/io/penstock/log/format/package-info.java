// SPDX-License-Identifier: Apache-2.0
/// What the byte layouts promise.
@NullMarked
package io.penstock.log.format;

import org.jspecify.annotations.NullMarked;
