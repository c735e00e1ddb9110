// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.storage;

/// A bucket has other keys from now on; who uses it must use those. Published when they are in force.
public record BucketKeysChanged(String bucketId) {}
