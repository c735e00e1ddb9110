// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.penstock.control.usage;

import org.jspecify.annotations.NullMarked;
