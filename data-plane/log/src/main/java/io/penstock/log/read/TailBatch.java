// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.read;

import io.penstock.log.format.BatchIndex;

/// A durable batch of a partition's tail, and the slot it lies in.
public record TailBatch(BatchIndex index, TailSlot slot) {}
