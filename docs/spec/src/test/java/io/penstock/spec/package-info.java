// SPDX-License-Identifier: Apache-2.0
/// Runs the models of this folder.
@NullMarked
package io.penstock.spec;

import org.jspecify.annotations.NullMarked;
