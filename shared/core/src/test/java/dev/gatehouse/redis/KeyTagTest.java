package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTagTest {

    @Test
    void isTheBeginningOfSha256InBase64url() {
        // printf 'user-42' | openssl dgst -sha256 -binary | basenc --base64url
        assertThat(KeyTag.of("user-42")).isEqualTo("bYlKo-6AJUnX");
        assertThat(KeyTag.of("größe 🙂")).isEqualTo("dPHAE3riqtV7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "\uDE42", "a\uDE42\uD83Db", "\uD83D\uD83D\uDE42"})
    void halfASurrogatePairHasNoTag(String original) {
        assertThat(KeyTag.isWellFormed(original)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> KeyTag.of(original));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?", "🙂", "a🙂b", "\uFFFD"})
    void anythingElseHasOne(String original) {
        assertThat(KeyTag.isWellFormed(original)).isTrue();
        assertThat(KeyTag.of(original)).hasSize(12).matches("[A-Za-z0-9_-]+");
    }
}
