// SPDX-License-Identifier: Apache-2.0
/// Proves the REST API as its callers see it.
@NullMarked
package io.penstock.control.http;

import org.jspecify.annotations.NullMarked;
