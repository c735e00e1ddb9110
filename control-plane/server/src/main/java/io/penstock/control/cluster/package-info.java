// SPDX-License-Identifier: Apache-2.0
/// Keeps the clusters and leads each of them through its life.
@NullMarked
package io.penstock.control.cluster;

import org.jspecify.annotations.NullMarked;
