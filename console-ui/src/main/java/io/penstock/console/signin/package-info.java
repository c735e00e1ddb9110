// SPDX-License-Identifier: Apache-2.0
/// Lets people in with an API key, and keeps everybody else out of every other view.
@NullMarked
package io.penstock.console.signin;

import org.jspecify.annotations.NullMarked;
