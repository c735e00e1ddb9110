// SPDX-License-Identifier: Apache-2.0
/// `./penstock bench`: chooses what to measure, and prints it for people and programs.
@NullMarked
package io.penstock.benchmarks;

import org.jspecify.annotations.NullMarked;
