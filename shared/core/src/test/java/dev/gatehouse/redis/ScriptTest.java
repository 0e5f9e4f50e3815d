// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ScriptTest {

    @Test
    void includesFilesBesideTheOwnerAndBesideScript() {
        var script = Script.beside(ScriptTest.class, "including");

        assertThat(script.source())
                .contains("redis.call('TIME')", "local answer = 'included'\nreturn {answer, now}")
                .doesNotContain("-- include");
        assertThat(script.sha1())
                .as("the digest of the source that Redis receives")
                .isEqualTo(Script.of("same", script.source()).sha1());
    }

    @Test
    void reportsTheMissingFile() {
        assertThatThrownBy(() -> Script.beside(ScriptTest.class, "absent"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("absent.lua");
    }
}
