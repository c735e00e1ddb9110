// SPDX-License-Identifier: Apache-2.0
/// Tests of what decides about shards without any store.
@NullMarked
package io.penstock.log.shard;

import org.jspecify.annotations.NullMarked;
