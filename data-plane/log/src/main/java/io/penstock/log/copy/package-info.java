// SPDX-License-Identifier: Apache-2.0
/// Copies a cluster's prefix while brokers write to it: docs/design/copy.md says in which order, and why
/// the copy is whole.
@NullMarked
package io.penstock.log.copy;

import org.jspecify.annotations.NullMarked;
