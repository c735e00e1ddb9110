// SPDX-License-Identifier: Apache-2.0
/// What brokers are told and report: the generated gRPC classes live in `io.penstock.brokerapi.v1`.
@NullMarked
package io.penstock.brokerapi;

import org.jspecify.annotations.NullMarked;
