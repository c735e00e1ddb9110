// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.resource;

import org.hibernate.cfg.MappingSettings;
import org.hibernate.type.format.jackson.Jackson3JsonFormatMapper;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// JSON columns are written as the API writes JSON, and read with patience: a row may come from another version.
@Configuration(proxyBeanMethods = false)
class JsonColumns {
    @Bean
    HibernatePropertiesCustomizer jsonColumnsAsTheApiWritesThem(JsonMapper json) {
        var patient = json.rebuild()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
        return properties -> properties.put(MappingSettings.JSON_FORMAT_MAPPER, new Jackson3JsonFormatMapper(patient));
    }
}
