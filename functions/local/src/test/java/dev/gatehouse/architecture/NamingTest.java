// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class NamingTest {

    @Test
    void noTwoClassesHaveOneSimpleName() {
        var names = new HashSet<String>();
        var repeated = new TreeSet<String>();
        for (var file : SourceTree.javaFiles("src/main")) {
            var name = file.getFileName().toString().replace(".java", "");
            if (!name.equals("package-info") && !names.add(name)) {
                repeated.add(name);
            }
        }
        assertThat(repeated).isEmpty();
    }

    @Test
    void noClassNameDiffersFromAnotherByAnS() {
        var names = SourceTree.javaFiles("src/main").stream()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());

        assertThat(names).filteredOn(name -> names.contains(name + "s")).isEmpty();
    }
}
