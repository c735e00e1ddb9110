// SPDX-License-Identifier: Apache-2.0
/// Watches what people want to be told of, and tells it to webhooks.
@NullMarked
package io.penstock.control.alert;

import org.jspecify.annotations.NullMarked;
