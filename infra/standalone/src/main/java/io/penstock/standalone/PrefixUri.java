// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import io.penstock.objectstore.layout.ClusterPrefix;

/// Where one cluster lives: a store's URI whose path ends with the cluster's prefix, `<tenant id>/<cluster
/// id>`, for example `s3://bucket/root/tn_1/kc_2?region=…` or `file:/data/bucket/tn_1/kc_2`.
///
/// @param store the URI of the store at its root
record PrefixUri(String store, ClusterPrefix prefix) {

    static PrefixUri parse(String uri) {
        int question = uri.indexOf('?');
        String place = question < 0 ? uri : uri.substring(0, question);
        while (place.endsWith("/")) {
            place = place.substring(0, place.length() - 1);
        }
        int last = place.lastIndexOf('/');
        int first = last < 0 ? -1 : place.lastIndexOf('/', last - 1);
        // What is left must be a place of its own: neither `s3:/` nor nothing.
        boolean whole = first > 0 && place.charAt(first - 1) != '/' && place.charAt(first - 1) != ':';
        if (!whole) {
            throw wrong(uri);
        }
        try {
            return new PrefixUri(
                    place.substring(0, first) + (question < 0 ? "" : uri.substring(question)),
                    new ClusterPrefix(place.substring(first + 1)));
        } catch (IllegalArgumentException e) {
            throw wrong(uri);
        }
    }

    private static Trouble wrong(String uri) {
        return new Trouble(
                Trouble.USAGE,
                "'" + uri + "' does not end with a cluster's prefix: write the bucket's URI, then /TENANT/CLUSTER as"
                        + " spec.prefix of the cluster says");
    }
}
