// SPDX-License-Identifier: Apache-2.0
/// What every record goes through, alone and in a loop.
@NullMarked
package io.penstock.benchmarks.hotpath;

import org.jspecify.annotations.NullMarked;
