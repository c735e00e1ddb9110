// SPDX-License-Identifier: Apache-2.0
/// Who may do what: one rule for every API, and the decisions of Kafka's authorizer behind it.
@NullMarked
package io.penstock.broker.authorization;

import org.jspecify.annotations.NullMarked;
