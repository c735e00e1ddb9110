// SPDX-License-Identifier: Apache-2.0
/// The keys under a cluster's prefix, and the ids they are made of.
///
/// [io.penstock.objectstore.layout.MetaKeys] are for both planes; [io.penstock.objectstore.layout.LogKeys] belong to
/// the
/// data plane alone (an architecture test keeps the control plane away from them).
@NullMarked
package io.penstock.objectstore.layout;

import org.jspecify.annotations.NullMarked;
