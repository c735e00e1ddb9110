// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.penstock.broker.usage;

import org.jspecify.annotations.NullMarked;
