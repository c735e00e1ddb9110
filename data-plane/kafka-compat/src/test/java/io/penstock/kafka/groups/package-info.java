// SPDX-License-Identifier: Apache-2.0
/// Tests of group coordination.
@NullMarked
package io.penstock.kafka.groups;

import org.jspecify.annotations.NullMarked;
