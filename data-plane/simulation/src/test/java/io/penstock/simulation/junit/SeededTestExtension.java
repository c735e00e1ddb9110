// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.junit;

import io.penstock.simulation.WorldStatistics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/// Gives each run of a [SeededTest] its seed; a failed one is run again with its trace on.
final class SeededTestExtension implements TestTemplateInvocationContextProvider {
    private static final Path TRACES = Path.of("target", "simulation");

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        SeededTest declared = context.getRequiredTestMethod().getAnnotation(SeededTest.class);
        Totals totals = context.getStore(
                        ExtensionContext.Namespace.create(SeededTestExtension.class, context.getRequiredTestMethod()))
                .computeIfAbsent(
                        Totals.class,
                        _ -> new Totals(context.getRequiredTestMethod().getName()),
                        Totals.class);
        Long only = Long.getLong("seed");
        if (only != null) {
            return Stream.of(new SeedInvocation(new Seed(only, true), totals));
        }
        Long from = Long.getLong("penstock.seeds.from");
        long first = from == null ? 1 : from;
        LongStream seeds = LongStream.range(first, first + Integer.getInteger("penstock.seeds", declared.seeds()));
        return LongStream.concat(seeds, from == null ? LongStream.of(declared.always()) : LongStream.empty())
                .mapToObj(number -> new SeedInvocation(new Seed(number, false), totals));
    }

    private record SeedInvocation(Seed seed, Totals totals) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int invocationIndex) {
            return seed.toString();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new SeedResolver(seed), new TraceOfFailures(seed, totals));
        }
    }

    private record SeedResolver(Seed seed) implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Seed.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return seed;
        }
    }

    private record TraceOfFailures(Seed seed, Totals totals) implements InvocationInterceptor {
        @Override
        public void interceptTestTemplateMethod(
                Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
                throws Throwable {
            try {
                invocation.proceed();
                totals.add(seed);
                if (seed.traced()) {
                    System.out.println(seed + " passes; its trace is in " + write(seed));
                }
            } catch (Throwable failure) {
                Seed again = seed.traced() ? seed : tracedAgain(method, context);
                throw new AssertionError(
                        """
                        %s fails: %s
                          trace: %s
                          run it again: ./mvnw -pl data-plane/simulation -am test -Dseed=%d%s""".formatted(seed, failure.getMessage(), write(again), seed.number(), mutant()), failure);
            }
        }

        private static String mutant() {
            String mutant = System.getProperty("mutant");
            return mutant == null ? "" : " -Dmutant=" + mutant;
        }

        private Seed tracedAgain(ReflectiveInvocationContext<Method> method, ExtensionContext context) {
            Seed again = new Seed(seed.number(), true);
            Object[] arguments = method.getArguments().stream()
                    .map(argument -> argument == seed ? again : argument)
                    .toArray();
            try {
                method.getExecutable().setAccessible(true);
                method.getExecutable().invoke(context.getRequiredTestInstance(), arguments);
                again.keepTrace("The second run passed: this world does not depend on its seed alone.\n");
            } catch (InvocationTargetException expected) {
                again.keepTrace(String.valueOf(expected.getCause()) + "\n");
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
            return again;
        }

        private static Path write(Seed seed) {
            try {
                Files.createDirectories(TRACES);
                Path file = TRACES.resolve("seed-" + seed.number() + ".trace");
                Files.writeString(file, seed.trace());
                return file;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// What all seeds of one test did; printed when the last has run.
    private static final class Totals implements AutoCloseable {
        private final String test;
        private final long started = System.nanoTime();
        private long seeds;
        private WorldStatistics sum = WorldStatistics.none();

        Totals(String test) {
            this.test = test;
        }

        synchronized void add(Seed seed) {
            seeds++;
            for (WorldStatistics report : seed.reports()) {
                sum = sum.plus(report);
            }
        }

        @Override
        public synchronized void close() {
            double seconds = (System.nanoTime() - started) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "%s: %d seeds passed in %.1f s, %.0f seeds per minute; acknowledged %d, served %d, failovers %d"
                            + " (%d with PUTs in flight), hand-offs %d, seals %d, store requests %d, steps %d%n",
                    test,
                    seeds,
                    seconds,
                    seeds * 60 / seconds,
                    sum.acknowledged(),
                    sum.served(),
                    sum.failovers(),
                    sum.failoversInFlight(),
                    sum.handOffs(),
                    sum.seals(),
                    sum.storeRequests(),
                    sum.steps());
        }
    }
}
