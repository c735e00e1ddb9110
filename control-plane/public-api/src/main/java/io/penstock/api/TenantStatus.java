// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

/// How a tenant is.
public record TenantStatus(Phase phase) {}
