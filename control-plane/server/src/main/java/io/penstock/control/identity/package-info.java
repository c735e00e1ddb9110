// SPDX-License-Identifier: Apache-2.0
/// Knows who may connect to clusters, and what they may do there.
@NullMarked
package io.penstock.control.identity;

import org.jspecify.annotations.NullMarked;
