// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ControlPlaneAddressesTest {
    private final ControlPlaneAddresses addresses = ControlPlaneAddresses.parse("a:1, b:2,a:1");

    @Test
    void whoDoesNotAnswerIsFollowedByTheNext() {
        assertThat(addresses.current()).isEqualTo("a:1");
        addresses.failed();
        assertThat(addresses.current()).isEqualTo("b:2");
        addresses.failed();
        assertThat(addresses.current()).isEqualTo("a:1");
    }

    @Test
    void aReplicaThatStandsBySendsToTheActiveOneAtOnce() {
        assertThat(addresses.turnedAway("c:3", "a:1,c:3")).isTrue();
        assertThat(addresses.current()).isEqualTo("c:3");
        addresses.failed();
        assertThat(addresses.current()).isEqualTo("a:1");
        assertThat(addresses.turnedAway(null, "a:1,c:3")).as("nobody acts").isFalse();
        assertThat(addresses.current()).isEqualTo("b:2");
    }

    @Test
    void circlesEnd() {
        for (int turn = 0; turn < 3; turn++) {
            assertThat(addresses.turnedAway(turn % 2 == 0 ? "b:2" : "a:1", "")).isTrue();
        }
        assertThat(addresses.turnedAway("a:1", "")).isFalse();
    }

    @Test
    void replicasThatCameLaterAreLearnedAndThoseThatWereGivenAreKept() {
        addresses.connected("a:1,d:4");
        addresses.failed();
        assertThat(addresses.current()).isEqualTo("b:2");
        addresses.failed();
        assertThat(addresses.current()).isEqualTo("d:4");
        addresses.connected("a:1");
        addresses.failed();
        assertThat(addresses.current()).as("d:4 is no more").isEqualTo("a:1");
    }

    @Test
    void noAddressIsNoControlPlane() {
        assertThatThrownBy(() -> ControlPlaneAddresses.parse(" , ")).isInstanceOf(IllegalArgumentException.class);
    }
}
