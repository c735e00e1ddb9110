// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProducerThrottleTest {
    @Test
    void aStoreThatFollowsThrottlesNobody() {
        assertThat(ProducerThrottle.millis(0)).isZero();
        assertThat(ProducerThrottle.millis(0.5)).isZero();
    }

    @Test
    void pausesGrowWithWhatWaits() {
        assertThat(ProducerThrottle.millis(0.625)).isEqualTo(250);
        assertThat(ProducerThrottle.millis(0.75)).isEqualTo(500);
        assertThat(ProducerThrottle.millis(1)).isEqualTo(1000);
    }

    @Test
    void noPauseIsLongerThanASecond() {
        assertThat(ProducerThrottle.millis(3)).isEqualTo(1000);
    }
}
