// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.penstock.broker.request.handlers;

import org.jspecify.annotations.NullMarked;
