// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.penstock.control.kafka;

import org.jspecify.annotations.NullMarked;
