// SPDX-License-Identifier: Apache-2.0
/// The transactions of a cluster: their coordinator on the shards that this broker leads, their markers, and one
/// handler
/// per API.
@NullMarked
package io.penstock.broker.transactions;

import org.jspecify.annotations.NullMarked;
