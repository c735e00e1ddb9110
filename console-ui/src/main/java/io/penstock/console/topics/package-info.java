// SPDX-License-Identifier: Apache-2.0
/// Topics of a cluster: the list, one topic, and what can be done with them.
@NullMarked
package io.penstock.console.topics;

import org.jspecify.annotations.NullMarked;
