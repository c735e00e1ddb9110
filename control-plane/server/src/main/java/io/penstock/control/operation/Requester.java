// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.operation;

import io.penstock.control.access.Caller;

/// On whose behalf, and by which request, something is started.
///
/// @param idempotencyKey empty if the request had none
public record Requester(Caller caller, String requestId, String idempotencyKey) {}
