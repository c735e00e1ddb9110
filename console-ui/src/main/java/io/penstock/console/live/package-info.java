// SPDX-License-Identifier: Apache-2.0
/// Keeps a picture of the service fresh for as long as somebody looks at it.
@NullMarked
package io.penstock.console.live;

import org.jspecify.annotations.NullMarked;
