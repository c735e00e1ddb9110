// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.topic;

/// Which topics are asked for.
///
/// @param prefix of their names; empty: any
/// @param internal whether the cluster's own are wanted as well
public record TopicFilter(String prefix, boolean internal) {}
