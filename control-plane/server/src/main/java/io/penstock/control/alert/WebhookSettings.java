// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.alert;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param allowPrivateAddresses whether webhooks may be on this machine or in private networks, and without
///     TLS. Tenants
///     choose where requests go: what only this machine reaches must not be reached for them
/// @param firstPause before a delivery is tried again; each further pause is four times as long
/// @param attempts after so many a delivery is given up
@ConfigurationProperties("penstock.webhooks")
public record WebhookSettings(
        @DefaultValue("false") boolean allowPrivateAddresses,
        @DefaultValue("PT10S") Duration firstPause,
        @DefaultValue("8") int attempts) {}
