// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

/// How an ACL is.
public record AclStatus(Phase phase) {}
