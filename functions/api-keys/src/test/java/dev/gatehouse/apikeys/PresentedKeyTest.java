// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.validation.InvalidArgument;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PresentedKeyTest {

    private static final OwnerId OWNER = new OwnerId("acme");

    @Test
    void aGeneratedKeyHasPrefixTagSecretAndChecksum() {
        var secret = KeySecret.random(OWNER);
        var text = secret.text("acme_live");

        assertThat(text).matches("acme_live_[0-9A-Za-z]{52}");
        assertThat(PresentedKey.parse(text).orElseThrow().ownerTag()).contains(OWNER.tag());
        assertThat(PresentedKey.parse(text).orElseThrow().digest()).isEqualTo(secret.digest());
        assertThat(secret.id().tag()).isEqualTo(OWNER.tag());
        assertThat(PresentedKey.isGenerated(text)).isTrue();
    }

    @Test
    void theTagOfEveryOwnerSurvivesItsDigits() {
        for (int i = 0; i < 2_000; i++) {
            var owner = new OwnerId("owner-" + i);
            assertThat(KeySecret.random(owner).tag()).contains(owner.tag());
        }
    }

    @Test
    void theChecksumIsThatOfZipInBase62() {
        assertThat(KeySecret.checksum("123456789")).isEqualTo(Base62.encode(BigInteger.valueOf(0xcbf43926L), 6));
        assertThat(Base62.encode(BigInteger.valueOf(61), 2)).isEqualTo("0z");
    }

    @Test
    void everyTypingErrorInAGeneratedKeyIsDetected() {
        var text = KeySecret.random(OWNER).text("gk");
        for (int i = 3; i < text.length(); i++) {
            for (char other : "0aZ".toCharArray()) {
                if (text.charAt(i) != other) {
                    var typo = text.substring(0, i) + other + text.substring(i + 1);
                    assertThat(PresentedKey.parse(typo)).as(typo).isEmpty();
                }
            }
        }
        assertThat(PresentedKey.parse("gl" + text.substring(2)))
                .as("in the prefix")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sk_live_abc", "x", "gk_short", "größe 🙂"})
    void anyOtherTextMayBeAnImportedKey(String text) {
        assertThat(PresentedKey.parse(text).orElseThrow())
                .isEqualTo(new PresentedKey(Optional.empty(), KeyDigest.of(text)));
        assertThat(PresentedKey.isGenerated(text)).isFalse();
    }

    @Test
    void anEmptyOrHugeTextIsNoKey() {
        assertThat(PresentedKey.parse("")).isEmpty();
        assertThat(PresentedKey.parse("x".repeat(PresentedKey.MAX_LENGTH))).isPresent();
        assertThat(PresentedKey.parse("x".repeat(PresentedKey.MAX_LENGTH + 1))).isEmpty();
    }

    @Test
    void secretsDifferAndTheirTextShowsNothing() {
        var secrets = new HashSet<String>();
        IntStream.range(0, 1_000)
                .forEach(_ -> secrets.add(KeySecret.random(OWNER).body()));
        assertThat(secrets).hasSize(1_000);
        var secret = KeySecret.random(OWNER);
        var presented = PresentedKey.parse(secret.text("gk")).orElseThrow();
        var request = KeyCaller.request(OWNER, secret, "a");
        assertThat("" + secret + presented + presented.digest() + request)
                .doesNotContain(secret.body().substring(20), secret.digest().base64url(), "acme", "nightly");
    }

    @Test
    void valuesOutOfTheirBoundsAreRejectedByTheirField() {
        var secret = KeySecret.random(OWNER);
        assertField("prefix", () -> IssueRequest.of(OWNER, secret, "GK", KeyDetails.NONE, OptionalLong.empty()));
        assertField(
                "expiresInSeconds", () -> IssueRequest.of(OWNER, secret, "gk", KeyDetails.NONE, OptionalLong.of(0)));
        assertField("scopes", () -> new KeyDetails(null, new TreeSet<>(List.of("a b")), "{}"));
        assertField("name", () -> new KeyDetails("", new TreeSet<>(), "{}"));
        assertField("attributes", () -> new KeyDetails(null, new TreeSet<>(), "x".repeat(4097)));
        assertField("ownerId", () -> new OwnerId(""));
    }

    private static void assertField(String field, Runnable construction) {
        assertThatThrownBy(construction::run)
                .isInstanceOfSatisfying(InvalidArgument.class, invalid -> assertThat(invalid.field())
                        .isEqualTo(field));
    }
}
