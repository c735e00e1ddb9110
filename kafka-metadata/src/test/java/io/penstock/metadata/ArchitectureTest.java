// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import io.penstock.objectstore.layout.LogKeys;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.penstock.metadata");

    @Test
    void thisModuleKnowsOnlyKafkaAndTheObjectStoresPort() {
        ArchRule rule = ArchRuleDefinition.classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "io.penstock.metadata",
                        "io.penstock.objectstore",
                        "io.penstock.objectstore.layout",
                        "org.apache.kafka..",
                        "org.slf4j",
                        "org.jspecify.annotations");
        rule.check(classes);
    }

    @Test
    void theLogIsNoneOfItsBusiness() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(LogKeys.class)
                .check(classes);
    }

    @Test
    void timeAndChanceComeFromOutside() {
        noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Random")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
                .check(classes);
    }
}
