// SPDX-License-Identifier: Apache-2.0
/// The metalog and the cluster image that is built from it: the one language between the planes.
///
/// Start at [io.penstock.metadata.ClusterImage] (what is so), [io.penstock.metadata.MetalogRecords] (how a change is
/// composed), [io.penstock.metadata.MetalogWrite] (how it becomes so) and [io.penstock.metadata.MetalogFollower] (how
/// everybody learns of it).
@NullMarked
package io.penstock.metadata;

import org.jspecify.annotations.NullMarked;
