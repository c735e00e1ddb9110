// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

import io.penstock.metadata.ClusterImage;

/// The bucket won: rows that copy the image are to be made anew from this one. Published inside the transaction
/// that adopts it.
public record ImageAdopted(String clusterId, ClusterImage image) {}
