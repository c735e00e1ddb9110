// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.failover;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What whoever runs Penstock may say about the detector; for the reasons see [DetectorSettings].
@ConfigurationProperties("penstock.failover")
record DetectorProperties(
        @DefaultValue("200ms") Duration reconnectGrace,
        @DefaultValue("2500ms") Duration silence,
        @DefaultValue("20s") Duration warmUp,
        @DefaultValue("10s") Duration newSilence,
        @DefaultValue("5s") Duration rejoinGrace,
        @DefaultValue("10s") Duration massPatience) {

    DetectorSettings settings() {
        DetectorSettings rest = DetectorSettings.defaults();
        return new DetectorSettings(
                reconnectGrace,
                silence,
                warmUp,
                newSilence,
                rest.lookInterval(),
                rejoinGrace,
                massPatience,
                rest.massReturn(),
                rest.stuck(),
                rest.window(),
                rest.ownStall());
    }
}
