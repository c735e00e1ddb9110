// SPDX-License-Identifier: Apache-2.0
/// Says which replica of the control plane acts, and keeps every other one from writing.
@NullMarked
package io.penstock.control.lease;

import org.jspecify.annotations.NullMarked;
