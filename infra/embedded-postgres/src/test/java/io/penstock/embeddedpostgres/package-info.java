// SPDX-License-Identifier: Apache-2.0
/// Proves that the embedded PostgreSQL starts, stops, and starts again after anything.
@NullMarked
package io.penstock.embeddedpostgres;

import org.jspecify.annotations.NullMarked;
