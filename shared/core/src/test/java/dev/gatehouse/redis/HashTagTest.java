// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashTagTest {

    @Test
    void isTheBeginningOfSha256InBase64url() {
        // printf 'user-42' | openssl dgst -sha256 -binary | basenc --base64url
        assertThat(HashTag.of("user-42")).isEqualTo("bYlKo-6AJUnX");
        assertThat(HashTag.of("größe 🙂")).isEqualTo("dPHAE3riqtV7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "\uDE42", "a\uDE42\uD83Db", "\uD83D\uD83D\uDE42"})
    void rejectsALoneSurrogate(String original) {
        assertThat(HashTag.isWellFormed(original)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> HashTag.of(original));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?", "🙂", "a🙂b", "\uFFFD"})
    void acceptsAnyOtherText(String original) {
        assertThat(HashTag.isWellFormed(original)).isTrue();
        assertThat(HashTag.of(original)).hasSize(12).matches("[A-Za-z0-9_-]+");
    }
}
