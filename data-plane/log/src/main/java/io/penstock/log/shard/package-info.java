// SPDX-License-Identifier: Apache-2.0
/// The shards and partitions that one cluster log leads: appending, opening (R7), handing off (R9), being fenced.
///
/// Everything runs on the cluster's one actor; nothing here locks.
@NullMarked
package io.penstock.log.shard;

import org.jspecify.annotations.NullMarked;
