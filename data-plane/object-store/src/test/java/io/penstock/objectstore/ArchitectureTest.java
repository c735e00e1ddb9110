// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

@AnalyzeClasses(packages = "io.penstock.objectstore", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule timeAndChanceComeFromOutside = noClasses()
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(InstantSource.class, "system")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(UUID.class, "randomUUID")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callConstructor(Random.class)
            .orShould()
            .callConstructor(SecureRandom.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(ThreadLocalRandom.class)
            .because("one seed must replay a whole world");

    @ArchTest
    static final ArchRule threadsComeFromOutside = noClasses()
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Executors.class)
            .orShould()
            .callConstructor(Thread.class, Runnable.class)
            .orShould()
            .callMethod(CompletableFuture.class, "orTimeout", long.class, TimeUnit.class)
            .because("whoever opens a store decides where it waits");

    @ArchTest
    static final ArchRule onlyTheS3StoreKnowsTheSdk = noClasses()
            .that()
            .resideOutsideOfPackages("..objectstore.s3..", "..objectstore.opening..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("software.amazon.awssdk..");

    @ArchTest
    static final ArchRule packagesFormNoCircle =
            slices().matching("io.penstock.objectstore.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule thePortKnowsNoStore = noClasses()
            .that()
            .resideInAPackage("io.penstock.objectstore")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.penstock.objectstore.(*)..");
}
