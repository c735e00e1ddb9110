// SPDX-License-Identifier: Apache-2.0
/// Makes a store slower and less reliable, as told, for tests, drills and benchmarks.
@NullMarked
package io.penstock.objectstore.modelled;

import org.jspecify.annotations.NullMarked;
