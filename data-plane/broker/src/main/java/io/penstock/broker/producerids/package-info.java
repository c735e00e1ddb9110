// SPDX-License-Identifier: Apache-2.0
/// Producer ids that no two producers of a cluster ever share.
@NullMarked
package io.penstock.broker.producerids;

import org.jspecify.annotations.NullMarked;
