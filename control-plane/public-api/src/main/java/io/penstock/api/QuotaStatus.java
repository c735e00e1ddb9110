// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

/// How a quota is.
public record QuotaStatus(Phase phase) {}
