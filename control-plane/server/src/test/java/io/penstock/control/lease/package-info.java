// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.penstock.control.lease;

import org.jspecify.annotations.NullMarked;
