// SPDX-License-Identifier: Apache-2.0
/// Tests of the metalog and the cluster image.
@NullMarked
package io.penstock.metadata;

import org.jspecify.annotations.NullMarked;
