// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

@AnalyzeClasses(packages = "io.penstock.broker", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule kafkasOwnClassesStayInKafkaCompat = noClasses()
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "org.apache.kafka..internals..",
                    "org.apache.kafka..internal..",
                    "org.apache.kafka.storage..",
                    "org.apache.kafka.coordinator..",
                    "org.apache.kafka.raft.."))
            .because("a new Kafka version is to be a change of one module");

    @ArchTest
    static final ArchRule timeAndChanceComeFromOutside = noClasses()
            .that()
            .resideOutsideOfPackages("io.penstock.broker", "io.penstock.broker.runtime..")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(UUID.class, "randomUUID")
            .orShould()
            .callConstructor(Random.class)
            .orShould()
            .callConstructor(SecureRandom.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(ThreadLocalRandom.class)
            .because("one seed must replay a whole world");

    @ArchTest
    static final ArchRule handlersKnowNoNetwork = noClasses()
            .that()
            .resideInAnyPackage("io.penstock.broker.request..", "io.penstock.broker.fetch..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.netty..", "io.penstock.broker.network.."))
            .because("a handler is tested without a socket");
}
