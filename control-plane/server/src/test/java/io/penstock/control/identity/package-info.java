// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.penstock.control.identity;

import org.jspecify.annotations.NullMarked;
