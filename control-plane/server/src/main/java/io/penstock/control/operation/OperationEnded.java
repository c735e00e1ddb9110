// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.operation;

/// An operation succeeded, failed or was cancelled.
public record OperationEnded(String operationId) {}
