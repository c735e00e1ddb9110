// SPDX-License-Identifier: Apache-2.0
/// Runs a real PostgreSQL as a child process that loses nothing and leaves nothing behind.
@NullMarked
package io.penstock.embeddedpostgres;

import org.jspecify.annotations.NullMarked;
