// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.storage;

import io.penstock.api.ResourceRef;
import java.util.List;

/// Modules that keep things in buckets tell here what stands in the way of a bucket's deletion.
public interface BucketUsers {
    /// Some of what lives in the bucket (a hundred at most); empty if nothing.
    List<ResourceRef> of(String bucketId);

    /// The bucket goes: removes what is only remembered of things that lived in it.
    default void forget(String bucketId) {}
}
