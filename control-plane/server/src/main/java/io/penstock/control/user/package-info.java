// SPDX-License-Identifier: Apache-2.0
/// Knows people: who they are, where they sign in, and which roles they have.
@NullMarked
package io.penstock.control.user;

import org.jspecify.annotations.NullMarked;
