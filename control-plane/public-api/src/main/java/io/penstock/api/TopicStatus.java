// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

/// How a topic is.
///
/// @param phase READY, or DELETING as long as its name is taken after its deletion
/// @param internal whether it keeps the cluster's own state
/// @param createdEntry the metalog entry that made it
public record TopicStatus(Phase phase, boolean internal, int createdEntry) {}
