// SPDX-License-Identifier: Apache-2.0
/// Lets a caller follow what takes longer than a request.
@NullMarked
package io.penstock.control.operation;

import org.jspecify.annotations.NullMarked;
