// SPDX-License-Identifier: Apache-2.0
/// Tests of the one-command service, against real processes.
@NullMarked
package io.penstock.standalone;

import org.jspecify.annotations.NullMarked;
