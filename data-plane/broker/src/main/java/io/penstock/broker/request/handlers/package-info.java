// SPDX-License-Identifier: Apache-2.0
/// One class per API of the Kafka protocol.
@NullMarked
package io.penstock.broker.request.handlers;

import org.jspecify.annotations.NullMarked;
