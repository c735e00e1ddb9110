// SPDX-License-Identifier: Apache-2.0
/// Fetch: what a consumer wants, remembered from request to request, read from the log, waited for if need be.
@NullMarked
package io.penstock.broker.fetch;

import org.jspecify.annotations.NullMarked;
