// SPDX-License-Identifier: Apache-2.0
package io.penstock.spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A `.cfg` file: a model with its constants, and on its first line what must come of it.
record Configuration(Path file, String model, Expectation expectation) {
    private static final Pattern FIRST_LINE =
            Pattern.compile("\\\\\\* (\\w+): (?:holds in (\\d+) states|breaks (\\w+))");

    sealed interface Expectation {
        /// Every invariant holds in every reachable state, and there are so many of them: a model that was made smaller
        /// by accident proves less.
        record Holds(long states) implements Expectation {}

        /// A rule is missing, and this invariant is the first that a search by breadth finds broken.
        record Breaks(String invariant) implements Expectation {}
    }

    static List<Configuration> in(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".cfg"))
                    .sorted()
                    .map(Configuration::read)
                    .toList();
        }
    }

    String name() {
        return file.getFileName().toString().replace(".cfg", "");
    }

    private static Configuration read(Path file) {
        String first;
        try {
            first = Files.readAllLines(file).getFirst();
        } catch (IOException e) {
            throw new IllegalStateException(file + ": " + e.getMessage(), e);
        }
        Matcher said = FIRST_LINE.matcher(first);
        if (!said.matches()) {
            throw new IllegalStateException(file + " does not say what must come of it: " + first);
        }
        Expectation expectation = said.group(2) != null
                ? new Expectation.Holds(Long.parseLong(said.group(2)))
                : new Expectation.Breaks(said.group(3));
        return new Configuration(file, said.group(1), expectation);
    }
}
