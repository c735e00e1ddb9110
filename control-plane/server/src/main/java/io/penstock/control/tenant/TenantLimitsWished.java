// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.tenant;

/// Somebody may have changed what the tenant is limited to.
public record TenantLimitsWished(String tenantId) {}
