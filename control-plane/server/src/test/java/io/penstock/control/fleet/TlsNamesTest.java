// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TlsNamesTest {
    @Test
    void aBrokersNameOfAClusterIsOneLabelBelowTheDomain() {
        assertThat(new TlsNames("kafka.example.com", 9600, true).host("kc_01JDABC", 2))
                .isEqualTo("b2-kc-01jdabc.kafka.example.com");
    }

    @Test
    void brokersThatShareAHostHavePortsOfTheirOwn() {
        assertThat(new TlsNames("kafka.example.com", 9600, true).port(2)).isEqualTo(9602);
        assertThat(new TlsNames("kafka.example.com", 9093, false).port(2)).isEqualTo(9093);
    }

    @Test
    void withoutADomainNothingIsServedWithinTls() {
        assertThat(TlsNames.NONE.areGiven()).isFalse();
    }
}
