// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.junit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test that takes a [Seed], run once for each of the seeds 1 to [#seeds()].
///
/// `-Dseed=8123` runs that seed alone, with its trace in `target/simulation`; `-Dpenstock.seeds=2000` runs more of
/// them, `-Dpenstock.seeds.from=1001` others. A failure names the line that runs its seed again.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@Tag("seeded")
@ExtendWith(SeededTestExtension.class)
public @interface SeededTest {
    int seeds();

    /// Seeds that are run as well, unless others are asked for.
    long[] always() default {};
}
