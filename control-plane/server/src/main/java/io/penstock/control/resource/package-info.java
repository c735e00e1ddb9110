// SPDX-License-Identifier: Apache-2.0
/// What all resources have in common: ids, names, labels, versions, times.
@NullMarked
package io.penstock.control.resource;

import org.jspecify.annotations.NullMarked;
