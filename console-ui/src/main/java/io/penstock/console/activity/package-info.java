// SPDX-License-Identifier: Apache-2.0
/// What the control plane is doing, and what it did.
@NullMarked
package io.penstock.console.activity;

import org.jspecify.annotations.NullMarked;
