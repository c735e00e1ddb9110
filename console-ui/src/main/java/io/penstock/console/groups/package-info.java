// SPDX-License-Identifier: Apache-2.0
/// Consumer groups of a cluster: who reads, how far behind they are, and where they go on.
@NullMarked
package io.penstock.console.groups;

import org.jspecify.annotations.NullMarked;
