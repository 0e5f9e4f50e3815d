// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.validation.InvalidArgument;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bounds of each value, and the canonical form of keys. */
class CacheBoundsTest {

    private static final Optional<String> NONE = Optional.empty();
    private static final CacheKey KEY = CacheKey.of(NONE, "k");
    private static final Deadline SOON = Deadline.in(Duration.ofSeconds(1));
    private static final CacheKey SCOPED = CacheKey.of(Optional.of("s"), "k");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":1,\"b\":2} | { \"b\" : 2, \"a\" : 1 }",
                "{\"a\":1.0} | {\"a\":1e0}",
                "[1.50] | [15e-1]",
                "[9007199254740992] | [9007199254740992.0]",
                "[\"\\u00e4\\n\"] | [\"\u00e4\\u000a\"]",
                "{\"a\":{\"c\":null,\"b\":[]}} | {\"a\":{\"b\":[],\"c\":null}}",
                "true | true",
                "0 | -0"
            })
    void oneValueInTwoNotationsIsOneKey(String one, String other) {
        assertThat(CacheKey.ofJson(NONE, one)).isEqualTo(CacheKey.ofJson(NONE, other));
    }

    @Test
    void differentValuesAreDifferentKeys() {
        var json = List.of(
                "{\"a\":1}",
                "{\"a\":\"1\"}",
                "{\"a\":null}",
                "{}",
                "[]",
                "[null]",
                "null",
                "true",
                "\"true\"",
                "1",
                "[1]",
                "[1,2]",
                "[2,1]",
                "[[1],2]",
                "{\"a\":1.1}",
                "\"a\"",
                "\"A\"",
                "[9007199254740991]",
                "[9007199254740992]");
        var keys = Stream.concat(
                        json.stream().map(text -> CacheKey.ofJson(NONE, text)),
                        Stream.of("a", "1", "true", "{}", "[1]").map(text -> CacheKey.of(NONE, text)))
                .collect(Collectors.toSet());
        assertThat(keys).hasSize(json.size() + 5);
        assertThat(CacheKey.of(Optional.of("s"), "k").digest()).isNotEqualTo(KEY.digest());
        assertThat(CacheKey.of(Optional.of("s"), "t").digest())
                .isNotEqualTo(CacheKey.of(Optional.of("t"), "s").digest());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[9007199254740993]",
                "{\"a\":-9007199254740993}",
                "[9007199254740993.0]",
                "[1e16]",
                "1e400",
                "{\"a\"",
                "[1],[2]",
                "",
                "[1-2]",
                "[1e99999999999]",
                "nothing",
                "{\"a\":1,\"a\":2}",
                "[\"\\ud800\"]",
                "{\"\\udc00\":1}",
                "\"\ud83d\"",
                "\""
            })
    void aKeyWithoutACanonicalFormIsRejected(String json) {
        assertInvalid("key", () -> CacheKey.ofJson(NONE, json));
    }

    @Test
    void numbersInStringsAreNotBounded() {
        assertThat(CacheKey.ofJson(NONE, "[\"9007199254740993 \\\" 1e400\"]")).isNotNull();
    }

    @Test
    void eachBoundIsChecked() {
        assertInvalid("key", () -> CacheKey.of(NONE, ""));
        assertInvalid("key", () -> CacheKey.of(NONE, "k".repeat(256)));
        assertInvalid("key", () -> CacheKey.of(NONE, "a b"));
        assertInvalid("scope", () -> CacheKey.of(Optional.of(""), "k"));
        assertInvalid("scope", () -> CacheKey.of(Optional.of("s".repeat(129)), "k"));
        assertInvalid("owner", () -> new LoadOwner(""));
        assertInvalid("owner", () -> new LoadOwner("o".repeat(129)));
        assertInvalid("leaseMillis", () -> new CacheLookup(KEY, LoadOwner.random(), -1));
        assertInvalid("leaseMillis", () -> new CacheLookup(KEY, LoadOwner.random(), CacheLookup.MAX_LEASE_MILLIS + 1));
        assertInvalid("leaseMillis", () -> new LocalCache().extend("t", KEY, LoadOwner.random(), 0, SOON));
        assertInvalid("value", () -> CacheValue.of(new byte[CacheValue.MAX_BYTES + 1]));
        assertInvalid("freshSeconds", () -> write(KEY, 0, 0, Set.of()));
        assertInvalid("freshSeconds", () -> write(KEY, CacheWrite.MAX_SECONDS + 1, 0, Set.of()));
        assertInvalid("staleSeconds", () -> write(KEY, 1, -1, Set.of()));
        assertInvalid("staleSeconds", () -> write(KEY, 1, CacheWrite.MAX_SECONDS, Set.of()));
        assertInvalid("tags", () -> write(KEY, 1, 0, Set.of("t")));
        assertInvalid("tags", () -> write(SCOPED, 1, 0, Set.of("a tag")));
        assertInvalid("tags", () -> write(SCOPED, 1, 0, numbers(9)));
        assertThat(write(SCOPED, 1, CacheWrite.MAX_SECONDS - 1, numbers(8))).isNotNull();
    }

    @Test
    void anInvalidationNamesValuesOfOneScope() {
        var scope = Optional.of("s");
        assertInvalid("keys", () -> new Invalidation(NONE, List.of(), Set.of(), false, false));
        assertInvalid("keys", () -> new Invalidation(scope, List.of(), Set.of(), false, true));
        assertInvalid("keys", () -> new Invalidation(scope, List.of(KEY), Set.of(), false, false));
        assertInvalid("tags", () -> new Invalidation(NONE, List.of(KEY), Set.of("t"), false, false));
        assertInvalid("tags", () -> new Invalidation(scope, List.of(), numbers(51), false, false));
        assertInvalid("all", () -> new Invalidation(NONE, List.of(KEY), Set.of(), true, false));
        assertThat(new Invalidation(scope, List.of(SCOPED), numbers(50), true, true))
                .isNotNull();
    }

    @Test
    void noTextOfASecretIsPrinted() {
        assertThat(new CacheLookup(
                                CacheKey.of(Optional.of("scope-secret"), "key-secret"), new LoadOwner("me-secret"), 1)
                        + CacheValue.of("value-secret").toString())
                .doesNotContain("secret");
    }

    private static CacheWrite write(CacheKey key, long freshSeconds, long staleSeconds, Set<String> tags) {
        return new CacheWrite(key, CacheValue.of(""), freshSeconds, staleSeconds, tags);
    }

    private static Set<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).collect(Collectors.toSet());
    }

    private static void assertInvalid(String field, ThrowingCallable invalid) {
        assertThatExceptionOfType(InvalidArgument.class)
                .isThrownBy(invalid)
                .satisfies(thrown -> assertThat(thrown.field()).isEqualTo(field));
    }
}
