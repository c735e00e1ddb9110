// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

/// How far a read may see.
public enum Isolation {
    /// Up to the high watermark.
    READ_UNCOMMITTED,
    /// Up to the last stable offset, with the list of aborted transactions.
    READ_COMMITTED
}
