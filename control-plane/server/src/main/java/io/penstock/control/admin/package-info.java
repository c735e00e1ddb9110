// SPDX-License-Identifier: Apache-2.0
/// Carries out what Kafka clients ask brokers to have administered.
@NullMarked
package io.penstock.control.admin;

import org.jspecify.annotations.NullMarked;
