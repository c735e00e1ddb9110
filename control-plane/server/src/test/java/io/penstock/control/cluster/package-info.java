// SPDX-License-Identifier: Apache-2.0
/// Proves that clusters come to where they should be.
@NullMarked
package io.penstock.control.cluster;

import org.jspecify.annotations.NullMarked;
