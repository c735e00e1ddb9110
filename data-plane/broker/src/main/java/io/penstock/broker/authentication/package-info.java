// SPDX-License-Identifier: Apache-2.0
/// How a connection comes to have a principal.
@NullMarked
package io.penstock.broker.authentication;

import org.jspecify.annotations.NullMarked;
