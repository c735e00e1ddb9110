// SPDX-License-Identifier: Apache-2.0
/// Tests of the reading of record batches.
@NullMarked
package io.penstock.kafka.records;

import org.jspecify.annotations.NullMarked;
