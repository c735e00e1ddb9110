// SPDX-License-Identifier: Apache-2.0
/// How fast a consumer gets through records that nobody has in memory any more, beside the store's own speed.
@NullMarked
package io.penstock.benchmarks.coldread;

import org.jspecify.annotations.NullMarked;
