// SPDX-License-Identifier: Apache-2.0
/// Tests of a served cluster.
@NullMarked
package io.penstock.broker.cluster;

import org.jspecify.annotations.NullMarked;
