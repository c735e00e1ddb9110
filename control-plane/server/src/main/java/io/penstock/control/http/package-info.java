// SPDX-License-Identifier: Apache-2.0
/// Answers REST requests; holds no rules of its own.
@NullMarked
package io.penstock.control.http;

import org.jspecify.annotations.NullMarked;
