// SPDX-License-Identifier: Apache-2.0
/// The control plane: starts the application and gives it its clock and its chance.
@NullMarked
package io.penstock.control;

import org.jspecify.annotations.NullMarked;
