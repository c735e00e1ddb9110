// SPDX-License-Identifier: Apache-2.0
/// Decides about topics and their settings; keeps the copy of them that can be listed.
@NullMarked
package io.penstock.control.topic;

import org.jspecify.annotations.NullMarked;
