// SPDX-License-Identifier: Apache-2.0
/// Deletes what deleted clusters left in their buckets, when the control plane says that it is time.
@NullMarked
package io.penstock.broker.purge;

import org.jspecify.annotations.NullMarked;
