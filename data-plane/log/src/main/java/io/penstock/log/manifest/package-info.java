// SPDX-License-Identifier: Apache-2.0
/// Reads manifests and changes them by compare-and-set, one fenced writer per shard.
@NullMarked
package io.penstock.log.manifest;

import org.jspecify.annotations.NullMarked;
