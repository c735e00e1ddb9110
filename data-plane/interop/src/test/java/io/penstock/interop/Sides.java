// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// One Penstock and one Apache Kafka for all tests of a run, up since the first that asked and down with the last.
/// Gives tests a parameter of type [Sides.Pair].
final class Sides implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Pair.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(Sides.class))
                .computeIfAbsent(Pair.class, any -> {
                    try {
                        return new Pair();
                    } catch (IOException | ExecutionException e) {
                        throw new IllegalStateException(e);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new IllegalStateException(e);
                    }
                });
    }

    /// Something that clients do, told in lines `what: outcome`.
    interface Script {
        List<String> on(Side side) throws Exception;
    }

    /// Both, running.
    static final class Pair implements AutoCloseable {
        private final Path folder;
        private final LaunchedPenstock launched;
        private final LaunchedKafka kafka;
        private final Side penstock;
        private final Side apache;

        Pair() throws IOException, InterruptedException, ExecutionException {
            folder = Files.createTempDirectory("penstock-interop");
            launched = new LaunchedPenstock(folder);
            penstock = new Side("Penstock", launched.bootstrapServers(), (short) 3);
            try {
                kafka = new LaunchedKafka(folder.resolve("kafka"));
            } catch (IOException | InterruptedException | ExecutionException | AssertionError failed) {
                launched.close();
                throw failed;
            }
            apache = new Side("Apache Kafka", kafka.bootstrapServers(), (short) 1);
        }

        Side penstock() {
            return penstock;
        }

        Side apache() {
            return apache;
        }

        /// Runs the script on both at once, for most of its time is spent waiting, and wants the same outcomes.
        ///
        /// @return what came of it on Penstock
        List<String> judge(String suite, Script script) throws Exception {
            FutureTask<List<String>> there = new FutureTask<>(() -> script.on(apache));
            Thread.ofVirtual().start(there);
            List<String> here = script.on(penstock);
            Differences.judge(suite, there.get(), here);
            return here;
        }

        @Override
        public void close() throws IOException {
            try {
                launched.close();
            } finally {
                kafka.close();
            }
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
