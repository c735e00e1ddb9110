// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.penstock.broker.control;

import org.jspecify.annotations.NullMarked;
