// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.penstock.log.copy;

import org.jspecify.annotations.NullMarked;
