// SPDX-License-Identifier: Apache-2.0
/// Proves by trial that a store keeps the promises the log's safety hangs on, before it is used.
@NullMarked
package io.penstock.objectstore.certification;

import org.jspecify.annotations.NullMarked;
