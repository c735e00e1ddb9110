// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ResponseOrderTest {
    private final ResponseOrder<String> order = new ResponseOrder<>();

    @Test
    void whatIsFinishedEarlyWaitsForWhatCameBefore() {
        var first = order.arrive();
        var second = order.arrive();

        order.finished(second, "b");
        assertThat(order.next()).isEmpty();
        order.finished(first, "a");

        assertThat(order.next()).hasValue("a");
        assertThat(order.next()).hasValue("b");
        assertThat(order.next()).isEmpty();
        assertThat(order.size()).isZero();
    }

    @Test
    void aPlaceIsFinishedOnce() {
        var place = order.arrive();
        order.finished(place, "a");

        assertThatThrownBy(() -> order.finished(place, "a")).isInstanceOf(IllegalStateException.class);
    }
}
