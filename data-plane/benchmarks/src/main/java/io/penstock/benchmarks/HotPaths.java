// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks;

import io.penstock.benchmarks.BenchReport.HotPath;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Runs the JMH benchmarks of this module.
final class HotPaths {
    private HotPaths() {}

    /// @param iterations of one second each, after as many to warm up
    static List<HotPath> run(int forks, int iterations) throws RunnerException {
        return new Runner(new OptionsBuilder()
                        .include("io\\.penstock\\.benchmarks\\.hotpath\\..*")
                        .forks(forks)
                        .warmupIterations(iterations)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(iterations)
                        .measurementTime(TimeValue.seconds(1))
                        .jvmArgsAppend("-Xmx512m", "-Dlogback.configurationFile=penstock-bench-logback.xml")
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .run().stream()
                        .map(run ->
                                hotPath(run.getPrimaryResult(), run.getParams().getBenchmark()))
                        .toList();
    }

    private static HotPath hotPath(Result<?> result, String benchmark) {
        double error = result.getScoreError();
        return new HotPath(
                benchmark.replace("io.penstock.benchmarks.hotpath.", ""),
                result.getScore(),
                Double.isNaN(error) ? Optional.empty() : Optional.of(error),
                result.getScoreUnit());
    }
}
