// SPDX-License-Identifier: Apache-2.0
/// The broker process: its composition root and its command line.
@NullMarked
package io.penstock.broker;

import org.jspecify.annotations.NullMarked;
