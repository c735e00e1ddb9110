// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.fsck;

/// What was looked at.
final class Counts {
    long objects;
    long bytes;
    long records;
    long partitions;
}
