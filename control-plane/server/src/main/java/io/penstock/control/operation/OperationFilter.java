// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.operation;

/// Which operations are asked for; an empty text asks for all.
public record OperationFilter(String resourceId, String state) {}
