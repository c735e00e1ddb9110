// SPDX-License-Identifier: Apache-2.0
/// How an own program reaches a cluster.
@NullMarked
package io.penstock.console.connect;

import org.jspecify.annotations.NullMarked;
