// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.observed;

/// Label `op` of the metrics.
enum StoreOperation {
    PUT("put"),
    GET("get"),
    HEAD("head"),
    LIST("list"),
    DELETE("delete");

    private final String label;

    StoreOperation(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
