// SPDX-License-Identifier: Apache-2.0
/// Writes, ends and reads WALs: rules R1 to R4, R8 and R10 of the log live here.
///
/// [io.penstock.log.wal.Wal] is the writer's side, [io.penstock.log.wal.WalSealer] ends somebody else's WAL,
/// [io.penstock.log.wal.WalReader] reads any. What decides (`DurableFrontier`, `GroupCommit`, `PutResolution`) is pure;
/// what does I/O holds no rules. Everything runs on the cluster's one actor; nothing here locks.
@NullMarked
package io.penstock.log.wal;

import org.jspecify.annotations.NullMarked;
