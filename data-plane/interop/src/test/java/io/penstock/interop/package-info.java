// SPDX-License-Identifier: Apache-2.0
/// Clients that were not written for Penstock, against a Penstock started as a person would.
@NullMarked
package io.penstock.interop;

import org.jspecify.annotations.NullMarked;
