// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.topic;

import io.penstock.metadata.ConfigChange;
import java.util.List;
import org.apache.kafka.common.config.ConfigResource;

/// Changes of the settings of one topic or group.
public record ConfigWish(ConfigResource.Type type, String name, List<ConfigChange> changes) {
    public ConfigWish {
        changes = List.copyOf(changes);
    }
}
