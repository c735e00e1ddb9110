// SPDX-License-Identifier: Apache-2.0
/// Asks Penstock and Apache Kafka the same and compares the answers field by field.
@NullMarked
package io.penstock.interop.differential;

import org.jspecify.annotations.NullMarked;
