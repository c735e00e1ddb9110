// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

import io.penstock.metadata.ImageChange;

/// An entry was composed. Published inside its transaction, so that rows that copy the image commit with it.
public record EntryComposed(String clusterId, ImageChange change) {}
