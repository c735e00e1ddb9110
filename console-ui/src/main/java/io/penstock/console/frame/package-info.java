// SPDX-License-Identifier: Apache-2.0
/// The frame around every view: navigation, and the way out.
@NullMarked
package io.penstock.console.frame;

import org.jspecify.annotations.NullMarked;
