// SPDX-License-Identifier: Apache-2.0
/// The one-command service: PostgreSQL, control plane, console and a local fleet on one machine, and the drills that
/// hurt it.
@NullMarked
package io.penstock.standalone;

import org.jspecify.annotations.NullMarked;
