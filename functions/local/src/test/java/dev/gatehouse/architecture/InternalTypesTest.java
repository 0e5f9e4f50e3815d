// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import io.micronaut.core.annotation.Internal;
import java.util.TreeSet;

/** Keeps main code off the types that Netty, Lettuce and Micronaut may change in any release. */
@AnalyzeClasses(locations = SourceTree.class)
class InternalTypesTest {

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
        assertThat(uses).isEmpty();
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
