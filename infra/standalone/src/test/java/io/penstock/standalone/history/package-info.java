// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.penstock.standalone.history;

import org.jspecify.annotations.NullMarked;
