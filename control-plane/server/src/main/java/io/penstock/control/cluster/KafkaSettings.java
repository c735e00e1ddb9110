// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where Kafka clients find clusters when brokers are told apart by port.
///
/// @param basePort of the first cluster's first broker; 9092 is where everybody looks
/// @param portsPerCluster size of a cluster's block: base + index × size + node id
@ConfigurationProperties("penstock.kafka")
record KafkaSettings(
        @DefaultValue("9092") int basePort,
        @DefaultValue("100") int portsPerCluster) {
    int basePortOf(int portIndex) {
        return basePort + portIndex * portsPerCluster;
    }
}
