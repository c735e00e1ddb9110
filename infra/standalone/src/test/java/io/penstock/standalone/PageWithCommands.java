// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A page for people whose commands are run as they are written: blocks of `sh` below `<!-- run: NAME -->`.
final class PageWithCommands {
    private static final Pattern COMMANDS = Pattern.compile("<!-- run: ([a-z-]+) -->\n```sh\n(.*?)```", Pattern.DOTALL);

    private final Map<String, String> commands = new LinkedHashMap<>();
    private final Path folder;

    /// @param folder where they are run; gets a launcher like that of the repository's root, but for these classes
    PageWithCommands(Path page, Path folder) throws IOException {
        this.folder = folder;
        COMMANDS.matcher(Files.readString(page))
                .results()
                .forEach(found -> commands.put(found.group(1), found.group(2)));
        var words = new ArrayList<String>();
        for (String word : LocalProcesses.launcher()) {
            words.add("'" + word + "'");
        }
        Path script = folder.resolve("penstock");
        Files.writeString(script, "#!/bin/sh\nexec " + String.join(" ", words) + " \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }

    List<String> names() {
        return List.copyOf(commands.keySet());
    }

    /// Runs a block to its end, which is a good one.
    ///
    /// @return what it said
    String run(String name, Map<String, String> environment) throws IOException, InterruptedException {
        String block = requireNonNull(commands.get(name), name);
        Path output = Files.createTempFile(folder, "page", ".txt");
        var builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", block)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(6, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        String said = Files.readString(output);
        assertThat(process.waitFor()).as(block + "\n" + said).isZero();
        return said;
    }
}
