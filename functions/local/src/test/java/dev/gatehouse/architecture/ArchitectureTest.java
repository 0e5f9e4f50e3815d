// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which package may depend on which, over the main classes of every module. */
@AnalyzeClasses(locations = SourceTree.class)
class ArchitectureTest {

    private static final String[] DOMAINS = {
        "dev.gatehouse.idempotency",
        "dev.gatehouse.idempotency.batch",
        "dev.gatehouse.ratelimit",
        "dev.gatehouse.ratelimit.algorithm",
        "dev.gatehouse.ratelimit.lease",
        "dev.gatehouse.ratelimit.policy",
        "dev.gatehouse.ratelimit.telemetry",
        "dev.gatehouse.session",
        "dev.gatehouse.apikeys",
        "dev.gatehouse.cache",
        "dev.gatehouse.state",
        "dev.gatehouse.realtime",
        "dev.gatehouse.realtime.channel",
        "dev.gatehouse.realtime.presence",
        "dev.gatehouse.jobs",
        "dev.gatehouse.authorizer",
        "dev.gatehouse.health"
    };

    @ArchTest
    static void seesEveryModule(JavaClasses classes) {
        assertThat(classes)
                .extracting(each -> each.getPackageName().replaceFirst("^(dev\\.gatehouse\\.[a-z]+).*", "$1"))
                .contains(
                        "dev.gatehouse.redis",
                        "dev.gatehouse.web",
                        "dev.gatehouse.lambda",
                        "dev.gatehouse.ratelimit",
                        "dev.gatehouse.idempotency",
                        "dev.gatehouse.session",
                        "dev.gatehouse.apikeys",
                        "dev.gatehouse.cache",
                        "dev.gatehouse.state",
                        "dev.gatehouse.realtime",
                        "dev.gatehouse.jobs",
                        "dev.gatehouse.authorizer",
                        "dev.gatehouse.health",
                        "dev.gatehouse.local");
    }

    @ArchTest
    static final ArchRule onlyTheLinkAndTheServerDependOnLettuceAndNetty = noClasses()
            .that()
            .resideOutsideOfPackages("dev.gatehouse.redis..", "dev.gatehouse.local.netty..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.lettuce..", "io.netty..");

    @ArchTest
    static final ArchRule onlyRoutesDependOnMicronautHttp = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.gatehouse.web..",
                    "dev.gatehouse.lambda..",
                    "dev.gatehouse.local..",
                    "dev.gatehouse.(*).http..",
                    "dev.gatehouse.(*).annotation..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micronaut.http..", "io.micronaut.web..");

    @ArchTest
    static final ArchRule onlyHandlersDependOnLambda = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.gatehouse.lambda..", "dev.gatehouse.(*).lambda..", "dev.gatehouse.idempotency.batch..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.amazonaws..", "io.micronaut.function..", "dev.gatehouse.lambda..");

    @ArchTest
    static final ArchRule batchesDependOnTheClassesOfEventsOnly = noClasses()
            .that()
            .resideInAPackage("dev.gatehouse.idempotency.batch..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micronaut..", "dev.gatehouse.lambda..");

    @ArchTest
    static final ArchRule domainsDoNotDependOnHttp = noClasses()
            .that()
            .resideInAnyPackage(DOMAINS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.gatehouse.web..", "dev.gatehouse.(*).http..", "dev.gatehouse.(*).annotation..");

    @ArchTest
    static final ArchRule domainsDoNotDependOnEachOther = slices().matching(
                    "dev.gatehouse.(cache|idempotency|jobs|ratelimit|session|state)..")
            .should()
            .notDependOnEachOther();

    /** The messages of a WebSocket are limited. */
    @ArchTest
    static final ArchRule realtimeComposesRateLimitsAndNoOtherCapability = noClasses()
            .that()
            .resideInAPackage("dev.gatehouse.realtime..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.gatehouse.idempotency..",
                    "dev.gatehouse.session..",
                    "dev.gatehouse.cache..",
                    "dev.gatehouse.state..",
                    "dev.gatehouse.jobs..",
                    "dev.gatehouse.apikeys..",
                    "dev.gatehouse.health..");

    /** A key and the limits of its owner are one script, and their responses have the shape of a check. */
    @ArchTest
    static final ArchRule apiKeysComposeRateLimitsAndNoOtherCapability = noClasses()
            .that()
            .resideInAPackage("dev.gatehouse.apikeys..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.gatehouse.idempotency..",
                    "dev.gatehouse.session..",
                    "dev.gatehouse.cache..",
                    "dev.gatehouse.state..",
                    "dev.gatehouse.realtime..",
                    "dev.gatehouse.jobs..",
                    "dev.gatehouse.health..");

    @ArchTest
    static final ArchRule onlyTheAuthorizerAndTheLocalServerDependOnApiKeys = noClasses()
            .that()
            .resideOutsideOfPackages("dev.gatehouse.apikeys..", "dev.gatehouse.authorizer..", "dev.gatehouse.local..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.gatehouse.apikeys..");

    @ArchTest
    static final ArchRule onlyTheAuthorizerAndTheLocalServerComposeCapabilities = noClasses()
            .that()
            .resideOutsideOfPackages("dev.gatehouse.authorizer..", "dev.gatehouse.local..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.gatehouse.authorizer..");

    @ArchTest
    static final ArchRule sharedModulesDependOnNoCapability = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.gatehouse.redis..",
                    "dev.gatehouse.fallback..",
                    "dev.gatehouse.telemetry..",
                    "dev.gatehouse.web..",
                    "dev.gatehouse.lambda..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.gatehouse.idempotency..",
                    "dev.gatehouse.ratelimit..",
                    "dev.gatehouse.session..",
                    "dev.gatehouse.apikeys..",
                    "dev.gatehouse.cache..",
                    "dev.gatehouse.state..",
                    "dev.gatehouse.realtime..",
                    "dev.gatehouse.jobs..",
                    "dev.gatehouse.authorizer..",
                    "dev.gatehouse.health..",
                    "dev.gatehouse.local..");

    @ArchTest
    static final ArchRule theLinkDependsOnNoOtherPackage = classes()
            .that()
            .resideInAPackage("dev.gatehouse.redis..")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackages(
                    "dev.gatehouse.fallback..",
                    "dev.gatehouse.telemetry..",
                    "dev.gatehouse.web..",
                    "dev.gatehouse.lambda..");

    /** Processes restored from one snapshot would draw the same numbers; {@code Chance} reseeds. */
    @ArchTest
    static final ArchRule noRandomGeneratorIsSeededBeforeASnapshot = noClasses()
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
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.gatehouse.(*)..").should().beFreeOfCycles();
}
