package dev.gatehouse.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import io.micronaut.core.annotation.Internal;
import java.util.Set;
import java.util.TreeSet;

/** Keeps main code off the types that Netty, Lettuce and Micronaut may change in any release. */
@AnalyzeClasses(locations = SourceTree.class)
class InternalTypesTest {

    /** From before the rule; none may be added. */
    private static final Set<String> KNOWN =
            Set.of("dev.gatehouse.lambda.EventJsonMapper uses io.micronaut.serde.annotation.SerdeImport");

    @ArchTest
    static void mainCodeUsesNoInternalType(JavaClasses classes) {
        var uses = new TreeSet<String>();
        for (var origin : classes) {
            if (isGenerated(origin)) {
                continue;
            }
            for (var dependency : origin.getDirectDependenciesFromSelf()) {
                var target = dependency.getTargetClass().getBaseComponentType();
                if (isInternal(target)) {
                    uses.add(origin.getName() + " uses " + target.getName());
                }
            }
        }
        assertThat(uses).isSubsetOf(KNOWN);
    }

    /** Micronaut names the classes that it generates with a dollar sign in front. */
    private static boolean isGenerated(JavaClass type) {
        return type.getName().startsWith(type.getPackageName() + ".$");
    }

    private static boolean isInternal(JavaClass type) {
        var name = type.getName();
        return name.matches("io\\.(netty|lettuce|micronaut)\\..*\\.internal\\..*")
                || (name.startsWith("io.micronaut.") && type.isAnnotatedWith(Internal.class));
    }
}
