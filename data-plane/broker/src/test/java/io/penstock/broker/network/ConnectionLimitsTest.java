// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConnectionLimitsTest {
    private final ConnectionLimits process = ConnectionLimits.ofProcess(3);
    private final ConnectionLimits one = process.within(2, "cluster");
    private final ConnectionLimits other = process.within(2, "cluster");

    @Test
    void aClusterHasItsOwnLimit() {
        assertThat(one.open()).isEmpty();
        assertThat(one.open()).isEmpty();

        assertThat(one.open()).hasValue("the cluster has 2 connections, which is its limit");
        assertThat(process.count()).isEqualTo(2);
    }

    @Test
    void theProcessLimitsAllClusters() {
        one.open();
        one.open();
        assertThat(other.open()).isEmpty();

        assertThat(other.open()).hasValueSatisfying(reason -> assertThat(reason).contains("process"));
        one.closed();
        assertThat(other.open()).isEmpty();
        assertThat(process.count()).isEqualTo(3);
    }
}
