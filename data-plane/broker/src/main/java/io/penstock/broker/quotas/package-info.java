// SPDX-License-Identifier: Apache-2.0
/// What clients and tenants may use of this broker, and how long they have to pause when they used more.
@NullMarked
package io.penstock.broker.quotas;

import org.jspecify.annotations.NullMarked;
