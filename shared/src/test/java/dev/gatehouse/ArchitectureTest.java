package dev.gatehouse;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom, in the shared library. */
@AnalyzeClasses(packages = "dev.gatehouse", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String[] DOMAINS = {
        "dev.gatehouse.idempotency..", "dev.gatehouse.ratelimit..", "dev.gatehouse.session.."
    };

    @ArchTest
    static final ArchRule onlyTheLinkKnowsLettuceAndNetty = noClasses()
            .that()
            .resideOutsideOfPackage("dev.gatehouse.redis..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.lettuce..", "io.netty..");

    @ArchTest
    static final ArchRule onlyHttpKnowsMicronautsHttp = noClasses()
            .that()
            .resideOutsideOfPackages("dev.gatehouse.http..", "dev.gatehouse.endpoint..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micronaut.http..", "io.micronaut.web..");

    @ArchTest
    static final ArchRule nobodyHereKnowsLambda =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("com.amazonaws..", "io.micronaut.function..");

    @ArchTest
    static final ArchRule domainsDoNotKnowHttp = noClasses()
            .that()
            .resideInAnyPackage(DOMAINS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.gatehouse.http..", "dev.gatehouse.endpoint..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule domainsDoNotKnowEachOther = slices().matching(
                    "dev.gatehouse.(idempotency|ratelimit|session)..")
            .should()
            .notDependOnEachOther()
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule theAuthorizerComposesSessionsAndLimitsAndNothingElse = noClasses()
            .that()
            .resideInAPackage("dev.gatehouse.authorizer..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.gatehouse.http..", "dev.gatehouse.endpoint..", "dev.gatehouse.idempotency..");

    @ArchTest
    static final ArchRule noDomainKnowsTheAuthorizer = noClasses()
            .that()
            .resideInAnyPackage(DOMAINS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.gatehouse.authorizer..");

    @ArchTest
    static final ArchRule theLinkKnowsNobodyHere = classes()
            .that()
            .resideInAPackage("dev.gatehouse.redis..")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackages(
                    "dev.gatehouse.authorizer..",
                    "dev.gatehouse.fallback..",
                    "dev.gatehouse.http..",
                    "dev.gatehouse.idempotency..",
                    "dev.gatehouse.ratelimit..",
                    "dev.gatehouse.session..",
                    "dev.gatehouse.telemetry..");

    /** Processes that start from one snapshot would all draw the same; {@code Chance} does not. */
    @ArchTest
    static final ArchRule nobodyDrawsFromAGeneratorThatWasSeededBefore = noClasses()
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Random")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.SplittableRandom")
            .orShould()
            .callMethod(Math.class, "random");

    @ArchTest
    static final ArchRule roomsHaveNoCycles =
            slices().matching("dev.gatehouse.(*)..").should().beFreeOfCycles();
}
