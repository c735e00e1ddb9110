// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

/// Where a script runs: on Penstock, or on Apache Kafka.
///
/// @param servers `bootstrap.servers`
/// @param replicas what new topics ask for
record Side(String name, String servers, short replicas) {
    @Override
    public String toString() {
        return name;
    }
}
