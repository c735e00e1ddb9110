// SPDX-License-Identifier: Apache-2.0
/// The byte layouts of everything brokers keep in a cluster's prefix: WAL objects, seals, floors.
///
/// Big-endian throughout. `docs/design/object-layout.md` shows every table of bytes; golden files pin them. Readers
/// accept every version ever shipped and refuse anything else as [io.penstock.log.format.CorruptObject].
@NullMarked
package io.penstock.log.format;

import org.jspecify.annotations.NullMarked;
