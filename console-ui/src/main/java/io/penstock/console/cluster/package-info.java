// SPDX-License-Identifier: Apache-2.0
/// One cluster: its page, what stands on it, and how it is made, changed and deleted.
@NullMarked
package io.penstock.console.cluster;

import org.jspecify.annotations.NullMarked;
