// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/// How brokers of this machine are started.
///
/// @param command what starts one broker, before its arguments; paths in it absolute, as brokers work in `/`
/// @param controlPlane `host:port` where brokers call
/// @param dataDirectory where their logs and join tokens lie
public record LocalProcessSettings(List<String> command, Supplier<String> controlPlane, Path dataDirectory) {
    public LocalProcessSettings {
        command = List.copyOf(command);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("penstock.broker.command is empty: say how a broker is started");
        }
    }
}
