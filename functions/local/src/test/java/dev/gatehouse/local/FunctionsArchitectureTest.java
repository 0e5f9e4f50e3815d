package dev.gatehouse.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom, among the functions. */
@AnalyzeClasses(packages = "dev.gatehouse", importOptions = DoNotIncludeTests.class)
class FunctionsArchitectureTest {

    @ArchTest
    static final ArchRule noFunctionKnowsAnother =
            slices().matching("dev.gatehouse.functions.(*)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule functionsKnowNeitherTheServerNorLambda = noClasses()
            .that()
            .resideInAPackage("dev.gatehouse.functions..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.gatehouse.local..", "dev.gatehouse.lambda..", "com.amazonaws..");

    @ArchTest
    static final ArchRule functionsDoNotReachPastTheLink = noClasses()
            .that()
            .resideOutsideOfPackage("dev.gatehouse.redis..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.lettuce..", "io.netty..");

    @ArchTest
    static final ArchRule theSharedLibraryKnowsNoFunction = noClasses()
            .that()
            .resideOutsideOfPackages("dev.gatehouse.functions..", "dev.gatehouse.local..", "dev.gatehouse.lambda..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.gatehouse.functions..", "dev.gatehouse.local..", "dev.gatehouse.lambda..");
}
