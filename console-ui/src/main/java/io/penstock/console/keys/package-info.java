// SPDX-License-Identifier: Apache-2.0
/// Keys to this service's own API.
@NullMarked
package io.penstock.console.keys;

import org.jspecify.annotations.NullMarked;
