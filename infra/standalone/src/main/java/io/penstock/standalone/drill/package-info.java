// SPDX-License-Identifier: Apache-2.0
/// Failure drills: real Kafka clients under load, one part killed or frozen, and a verdict by offset and content.
@NullMarked
package io.penstock.standalone.drill;

import org.jspecify.annotations.NullMarked;
