// SPDX-License-Identifier: Apache-2.0
/// Counts what each cluster costs, for the control plane to add up.
@NullMarked
package io.penstock.broker.usage;

import org.jspecify.annotations.NullMarked;
