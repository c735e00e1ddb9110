// SPDX-License-Identifier: Apache-2.0
/// Proves what is decided about topics.
@NullMarked
package io.penstock.control.topic;

import org.jspecify.annotations.NullMarked;
