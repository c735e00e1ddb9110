// SPDX-License-Identifier: Apache-2.0
/// Buckets: where records live, and whether each keeps a store's promises.
@NullMarked
package io.penstock.console.storage;

import org.jspecify.annotations.NullMarked;
