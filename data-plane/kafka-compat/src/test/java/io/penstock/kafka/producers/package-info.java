// SPDX-License-Identifier: Apache-2.0
/// Tests of producer state.
@NullMarked
package io.penstock.kafka.producers;

import org.jspecify.annotations.NullMarked;
