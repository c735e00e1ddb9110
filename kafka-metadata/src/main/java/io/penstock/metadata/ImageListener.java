// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

/// Learns of every change of a cluster's image, in order, on the follower's actor. Must not block.
public interface ImageListener {

    /// The image has changed by one entry, or is there for the first time.
    void imageChanged(ImageChange change);

    /// The follower cannot go on: the metalog is damaged, or newer than this process. The last image stays in force.
    void followingStopped(String reason);
}
