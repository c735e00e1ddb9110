// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.lease;

/// Another replica has taken the lease, or this one could not begin its duties: the process must end.
///
/// @param reason for people
public record LeaseLost(String reason) {}
