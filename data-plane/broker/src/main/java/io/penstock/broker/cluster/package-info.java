// SPDX-License-Identifier: Apache-2.0
/// One cluster on this broker: its metalog followed, its present incarnation, and the switch to the next one.
@NullMarked
package io.penstock.broker.cluster;

import org.jspecify.annotations.NullMarked;
