// SPDX-License-Identifier: Apache-2.0
/// Records of a topic: looked at, and written.
@NullMarked
package io.penstock.console.records;

import org.jspecify.annotations.NullMarked;
