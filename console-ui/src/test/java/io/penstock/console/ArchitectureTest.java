// SPDX-License-Identifier: Apache-2.0
package io.penstock.console;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.vaadin.flow.component.dependency.CssImport;
import com.vaadin.flow.component.dependency.JsModule;
import com.vaadin.flow.component.dependency.NpmPackage;
import com.vaadin.flow.router.Route;

@AnalyzeClasses(packages = "io.penstock", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule theConsoleSeesNothingOfThePlanesButThePublicApi = noClasses()
            .that()
            .resideInAPackage("io.penstock.console..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.penstock..")
                    .and(not(resideInAPackage("io.penstock.console..")))
                    .and(not(resideInAPackage("io.penstock.api.."))));

    @ArchTest
    static final ArchRule onlyTheGatewayLeavesTheProcess = noClasses()
            .that()
            .resideInAPackage("io.penstock.console..")
            .and()
            .resideOutsideOfPackages("io.penstock.console.gateway", "io.penstock.console")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net.http..", "tools.jackson..");

    @ArchTest
    static final ArchRule viewsAreNobodyElsesBusiness =
            classes().that().areAnnotatedWith(Route.class).should().bePackagePrivate();

    @ArchTest
    static final ArchRule nothingNeedsAFrontEndBuild = noClasses()
            .that()
            .resideInAPackage("io.penstock.console..")
            .should()
            .beAnnotatedWith(JsModule.class)
            .orShould()
            .beAnnotatedWith(CssImport.class)
            .orShould()
            .beAnnotatedWith(NpmPackage.class);

    @ArchTest
    static final ArchRule packagesDependInOneDirection =
            slices().matching("io.penstock.console.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule featuresShowThemselvesByTheirNavigationOnly = classes()
            .that()
            .resideInAnyPackage("io.penstock.console.clusters", "io.penstock.console.signin")
            .and(not(simpleNameEndingWith("Navigation")))
            .and()
            .areTopLevelClasses()
            .should()
            .bePackagePrivate();
}
