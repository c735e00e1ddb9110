// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

/// How a service account is.
///
/// @param principal as ACLs name it
public record ServiceAccountStatus(Phase phase, String principal) {}
