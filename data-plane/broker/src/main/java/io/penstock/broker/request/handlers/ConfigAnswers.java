// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.metadata.ConfigValue;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;

/// Settings and where they come from, in Kafka's words.
final class ConfigAnswers {
    private ConfigAnswers() {}

    /// @param type of what the setting was set for
    static ConfigSource source(ConfigValue value, ConfigResource.Type type) {
        return switch (value.source()) {
            case SET ->
                switch (type) {
                    case TOPIC -> ConfigSource.TOPIC_CONFIG;
                    case GROUP -> ConfigSource.GROUP_CONFIG;
                    case CLIENT_METRICS -> ConfigSource.CLIENT_METRICS_CONFIG;
                    case BROKER, BROKER_LOGGER, UNKNOWN -> ConfigSource.UNKNOWN;
                };
            case CLUSTER -> ConfigSource.STATIC_BROKER_CONFIG;
            case DEFAULT -> ConfigSource.DEFAULT_CONFIG;
        };
    }

    static ConfigType type(ConfigDef.Type type) {
        return switch (type) {
            case BOOLEAN -> ConfigType.BOOLEAN;
            case STRING -> ConfigType.STRING;
            case INT -> ConfigType.INT;
            case SHORT -> ConfigType.SHORT;
            case LONG -> ConfigType.LONG;
            case DOUBLE -> ConfigType.DOUBLE;
            case LIST -> ConfigType.LIST;
            case CLASS -> ConfigType.CLASS;
            case PASSWORD -> ConfigType.PASSWORD;
        };
    }
}
