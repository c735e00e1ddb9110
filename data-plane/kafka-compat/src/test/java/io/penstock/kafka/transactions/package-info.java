// SPDX-License-Identifier: Apache-2.0
/// Tests of what a transaction coordinator decides.
@NullMarked
package io.penstock.kafka.transactions;

import org.jspecify.annotations.NullMarked;
