// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class BrokerCommandTest {

    @Test
    void isReadFromTheEnvironment() {
        BrokerCommand command =
                bound(Map.of("PENSTOCK_BROKER_COMMAND", "\"/opt/my java/bin/java\" -cp \"/lib/*\" Main"));

        assertThat(command.words()).containsExactly("/opt/my java/bin/java", "-cp", "/lib/*", "Main");
    }

    @Test
    void knowsTheDataDirectory() {
        assertThat(bound(Map.of("PENSTOCK_DATADIR", "/var/penstock")).dataDirectory())
                .isEqualTo(Path.of("/var/penstock"));
    }

    @Test
    void isEmptyWhereNobodySaidAnything() {
        assertThat(bound(Map.of()).words()).isEmpty();
    }

    private static BrokerCommand bound(Map<String, Object> environment) {
        var sources = new MutablePropertySources();
        sources.addFirst(new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, environment));
        return new Binder(ConfigurationPropertySources.from(sources)).bindOrCreate("penstock", BrokerCommand.class);
    }
}
