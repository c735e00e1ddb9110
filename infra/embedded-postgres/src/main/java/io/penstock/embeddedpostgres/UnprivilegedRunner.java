// SPDX-License-Identifier: Apache-2.0
package io.penstock.embeddedpostgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// How PostgreSQL's programs are run by somebody who is not root, which is all that PostgreSQL asks.
///
/// An ordinary user runs them directly. Root runs them in a user namespace of their own, where the kernel shows
/// them an unprivileged user although the files stay root's; where namespaces are forbidden (many containers),
/// as the unprivileged user 65534, to whom the data folder is given first.
enum UnprivilegedRunner {
    DIRECTLY("", -1),
    IN_A_USER_NAMESPACE("unshare --user", 0),
    AS_ANOTHER_USER("setpriv --reuid=65534 --regid=65534 --clear-groups", 65_534);

    private final String prefix;
    private final int owner;

    UnprivilegedRunner(String prefix, int owner) {
        this.prefix = prefix;
        this.owner = owner;
    }

    static UnprivilegedRunner ofThisProcess() {
        if (!isRoot()) {
            return DIRECTLY;
        }
        for (var runner : List.of(IN_A_USER_NAMESPACE, AS_ANOTHER_USER)) {
            if (answers(runner.command(Path.of("true"), List.of()))) {
                return runner;
            }
        }
        throw new EmbeddedPostgresException("PostgreSQL refuses to run as root, and neither 'unshare --user' nor"
                + " 'setpriv' works here: start Penstock as an ordinary user, or use an external PostgreSQL");
    }

    List<String> command(Path program, List<String> arguments) {
        var command = new ArrayList<String>();
        if (!prefix.isEmpty()) {
            command.addAll(List.of(prefix.split(" ")));
        }
        command.add(program.toString());
        command.addAll(arguments);
        return List.copyOf(command);
    }

    /// Gives the folder and all in it to the user that will run PostgreSQL.
    void own(Path folder) throws IOException {
        if (owner < 0) {
            return;
        }
        try (var paths = Files.walk(folder)) {
            for (var path : (Iterable<Path>) paths::iterator) {
                if (!Integer.valueOf(owner).equals(Files.getAttribute(path, "unix:uid"))) {
                    Files.setAttribute(path, "unix:uid", owner);
                }
            }
        }
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException e) {
            return "root".equals(System.getProperty("user.name"));
        }
    }

    private static boolean answers(List<String> command) {
        try {
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
