// SPDX-License-Identifier: Apache-2.0
/// Small pieces that several features show: a phase, a text to copy, a notice.
@NullMarked
package io.penstock.console.parts;

import org.jspecify.annotations.NullMarked;
