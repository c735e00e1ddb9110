// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.opening;

/// What can be wrong with a store's URI, and what to do about it.
public enum StoreUriProblem {
    UNKNOWN_SCHEME("Use file:DIR or s3://bucket/root?endpoint=…&region=…&path_style=true."),
    MALFORMED("Write parameters as ?name=value&name=value, and other characters as %XX."),
    UNKNOWN_PARAMETER("Leave it out, or use one of those that are known."),
    BAD_VALUE("Correct the value."),
    FOLDER_MISSING("Name a folder: file:DIR."),
    FOLDER_UNUSABLE("Name a folder that this user can create and write, on a file system with hard links."),
    BUCKET_MISSING("Name a bucket: s3://bucket or s3://bucket/root."),
    REGION_MISSING("Add region=… to the URI, or set AWS_REGION."),
    MODEL_NOT_ALLOWED(
            "Modelled latencies and errors are for tests, drills and benchmarks: leave those parameters out.");

    private final String remedy;

    StoreUriProblem(String remedy) {
        this.remedy = remedy;
    }

    /// One sentence that says what to do.
    public String remedy() {
        return remedy;
    }
}
