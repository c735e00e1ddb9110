// SPDX-License-Identifier: Apache-2.0
/// Pins the names of a cluster's objects.
@NullMarked
package io.penstock.objectstore.layout;

import org.jspecify.annotations.NullMarked;
