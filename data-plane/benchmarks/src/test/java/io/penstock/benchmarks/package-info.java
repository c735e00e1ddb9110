// SPDX-License-Identifier: Apache-2.0
/// That the benchmarks run.
@NullMarked
package io.penstock.benchmarks;

import org.jspecify.annotations.NullMarked;
