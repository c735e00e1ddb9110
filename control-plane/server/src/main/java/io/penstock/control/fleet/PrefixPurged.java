// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

/// A broker has removed what a deleted cluster left in its bucket.
public record PrefixPurged(String clusterId, long objects) {}
