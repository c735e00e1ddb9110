// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

/// How a broker reaches a bucket.
///
/// @param accessKeyId empty: the broker's own environment says who it is
record BucketAccess(String uri, String accessKeyId, String secretAccessKey, String sessionToken) {
    /// Brokers find their keys in their own environment.
    static BucketAccess withoutKeys(String uri) {
        return new BucketAccess(uri, "", "", "");
    }

    @Override
    public String toString() {
        return "BucketAccess[" + uri + "]"; // no secret ever reaches a log
    }
}
