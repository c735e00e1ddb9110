// SPDX-License-Identifier: Apache-2.0
/// The shared log of one cluster, as one broker tenure sees it: append, read, take over, hand off.
@NullMarked
package io.penstock.log;

import org.jspecify.annotations.NullMarked;
