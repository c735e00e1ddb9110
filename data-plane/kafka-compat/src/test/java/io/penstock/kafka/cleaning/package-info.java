// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.penstock.kafka.cleaning;

import org.jspecify.annotations.NullMarked;
