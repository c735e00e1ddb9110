// SPDX-License-Identifier: Apache-2.0
/// Keeps secrets at rest unreadable without the key file.
@NullMarked
package io.penstock.control.secrets;

import org.jspecify.annotations.NullMarked;
