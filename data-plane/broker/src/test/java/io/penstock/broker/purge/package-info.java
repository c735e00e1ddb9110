// SPDX-License-Identifier: Apache-2.0
/// Tests of the removal of what deleted clusters left.
@NullMarked
package io.penstock.broker.purge;

import org.jspecify.annotations.NullMarked;
