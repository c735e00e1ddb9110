// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import io.penstock.console.ConsoleConfiguration;
import io.penstock.control.ControlPlaneApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/// Control plane and console in one process on one port: the console still speaks the public API over HTTP and nothing
/// else.
public final class ControlPlaneMain {
    private ControlPlaneMain() {}

    /// Takes Spring's `--name=value` arguments.
    public static void main(String[] arguments) {
        new SpringApplicationBuilder(ControlPlaneApplication.class, ConsoleConfiguration.class).run(arguments);
    }
}
