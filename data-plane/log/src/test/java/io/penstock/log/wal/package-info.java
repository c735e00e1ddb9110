// SPDX-License-Identifier: Apache-2.0
/// What the WAL's writer, sealers and readers promise.
@NullMarked
package io.penstock.log.wal;

import org.jspecify.annotations.NullMarked;
