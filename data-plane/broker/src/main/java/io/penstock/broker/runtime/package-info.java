// SPDX-License-Identifier: Apache-2.0
/// Real time, real chance and real threads for the parts that are given them from outside.
@NullMarked
package io.penstock.broker.runtime;

import org.jspecify.annotations.NullMarked;
