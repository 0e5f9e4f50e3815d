// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class Utf8Test {

    @Test
    void decodesValidTextUnchanged() throws CharacterCodingException {
        for (var text : List.of("", "a", "größe 🙂 \u0000", "it has \uFFFD itself", "x".repeat(70_000))) {
            assertThat(Utf8.text(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
        }
    }

    @Test
    void whatIsNoUtf8IsRefused() {
        // A continuation byte, truncated, overlong, a surrogate, beyond Unicode; and one beside a replacement
        // character.
        for (var hex : List.of("ff", "61e282", "c0af", "eda080", "f4908080", "efbfbdff")) {
            assertThatThrownBy(() -> Utf8.text(HexFormat.of().parseHex(hex)))
                    .as(hex)
                    .isInstanceOf(CharacterCodingException.class);
        }
    }
}
