// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.fsck;

/// One damage.
///
/// @param object key, slot, shard or partition that it concerns
/// @param detail what was expected, and what was found
public record Finding(Damage damage, String object, String detail) {}
