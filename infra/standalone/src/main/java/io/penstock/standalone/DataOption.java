// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/// `--data DIR`, the same for every command.
final class DataOption {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = ".penstock",
            description = "Folder of everything this Penstock keeps (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of(".penstock");

    Path path() {
        return data;
    }
}
