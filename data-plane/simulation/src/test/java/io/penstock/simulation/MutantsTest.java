// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.simulation.judge.Invariant;
import io.penstock.simulation.judge.InvariantViolated;
import io.penstock.simulation.junit.Seed;
import io.penstock.simulation.junit.SeededTest;
import io.penstock.simulation.world.Mutant;
import io.penstock.simulation.world.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A rule nobody can miss is either superfluous or untested: without any one of them the simulator finds a world that
/// goes wrong.
///
/// `-Dmutant=R2_READ_BACK -Dseed=17` shows that one, with its trace in `target/simulation`.
@TestInstance(Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
class MutantsTest {
    private static final Path REPORTS = Path.of("target", "simulation");

    private final Map<Mutant, Catch> caughtBy = new ConcurrentSkipListMap<>();

    private record Catch(long seed, InvariantViolated violation) {}

    @ParameterizedTest
    @EnumSource
    @DisabledIfSystemProperty(named = "mutant", matches = ".*")
    void isCaught(Mutant mutant) throws IOException {
        Optional<Catch> caught = firstCatch(mutant);

        assertThat(caught).as("a seed that catches %s", mutant).isPresent();
        caughtBy.put(mutant, caught.get());
        Seed again = new Seed(caught.get().seed(), true);
        assertThat(run(again, mutant)).isPresent();
        Files.createDirectories(REPORTS);
        Files.writeString(REPORTS.resolve("mutant-" + mutant + ".trace"), again.trace());
    }

    @SeededTest(seeds = 1)
    @EnabledIfSystemProperty(named = "mutant", matches = ".*")
    void shows(Seed seed) {
        World.mutated(seed, Mutant.valueOf(System.getProperty("mutant"))).run();
    }

    private static Optional<Catch> firstCatch(Mutant mutant) {
        int seeds = Integer.getInteger("penstock.mutant.seeds", 600);
        for (long number = 1; number <= seeds; number++) {
            Optional<InvariantViolated> violation = run(new Seed(number, false), mutant);
            if (violation.isPresent()) {
                return Optional.of(new Catch(number, violation.get()));
            }
        }
        return Optional.empty();
    }

    private static Optional<InvariantViolated> run(Seed seed, Mutant mutant) {
        try {
            World.mutated(seed, mutant).run();
            return Optional.empty();
        } catch (InvariantViolated violation) {
            return violation.invariant() == Invariant.NOT_VACUOUS ? Optional.empty() : Optional.of(violation);
        }
    }

    @AfterAll
    void writeTheTable() throws IOException {
        StringBuilder table =
                new StringBuilder("| without | caught by seed | invariant | what was seen |\n|---|---|---|---|\n");
        caughtBy.forEach((mutant, caught) -> table.append(String.format(
                Locale.ROOT,
                "| %s | %d | %s | %s |%n",
                mutant,
                caught.seed(),
                caught.violation().invariant(),
                String.valueOf(caught.violation().getMessage()).replaceFirst("^[A-Z_]+: ", ""))));
        Files.createDirectories(REPORTS);
        Files.writeString(REPORTS.resolve("mutants.md"), table);
        System.out.print(table);
    }
}
