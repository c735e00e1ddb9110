// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How much one caller may ask for.
///
/// @param perSecond requests that may go on for ever
/// @param burst requests at once after a pause
@ConfigurationProperties("penstock.rate-limit")
record RateLimitSettings(
        @DefaultValue("100") long perSecond,
        @DefaultValue("1000") long burst) {
    RateLimitSettings {
        if (perSecond < 1 || burst < 1) {
            throw new IllegalArgumentException("penstock.rate-limit.per-second and .burst are 1 or more");
        }
    }
}
