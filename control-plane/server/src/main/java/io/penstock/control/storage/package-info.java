// SPDX-License-Identifier: Apache-2.0
/// Keeps the buckets: certified object-store locations, opened once.
@NullMarked
package io.penstock.control.storage;

import org.jspecify.annotations.NullMarked;
