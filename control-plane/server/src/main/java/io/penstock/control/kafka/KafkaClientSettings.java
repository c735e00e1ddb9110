// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.kafka;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param trustedCertificates PEM file by which brokers are known within TLS; null: those that Java trusts
/// @param within how long brokers may take to answer
/// @param keptFor how long an unused client stays connected
/// @param mostClients how many clients of each kind are connected at most
@ConfigurationProperties("penstock.kafka.client")
public record KafkaClientSettings(
        @Nullable Path trustedCertificates,
        @DefaultValue("PT10S") Duration within,
        @DefaultValue("PT1M") Duration keptFor,
        @DefaultValue("200") int mostClients) {}
