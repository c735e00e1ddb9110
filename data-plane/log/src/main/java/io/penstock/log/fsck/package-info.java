// SPDX-License-Identifier: Apache-2.0
/// Proves what lies under a cluster's prefix whole, or names what is not. Reads only.
@NullMarked
package io.penstock.log.fsck;

import org.jspecify.annotations.NullMarked;
