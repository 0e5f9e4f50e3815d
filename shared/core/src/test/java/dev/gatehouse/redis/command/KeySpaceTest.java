// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.validation.InvalidArgument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeySpaceTest {

    @Test
    void namesKeysByNamespaceTypeAndId() {
        var keys = new KeySpace("my-shop.eu");

        assertThat(keys.key("cart", "a:b {ü}")).isEqualTo("my-shop.eu:cart:a:b {ü}");
        assertThat(keys.taggedKey("cart", "42")).isEqualTo("my-shop.eu:cart:{42}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gh", "", "a:b", "Shop", "{a}", "ghü", "a b"})
    void rejectsNamespacesThatCouldMeetOthers(String namespace) {
        assertThatThrownBy(() -> new KeySpace(namespace)).isInstanceOf(InvalidArgument.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\ud800"})
    void rejectsIdsThatCouldMeetOthers(String id) {
        var keys = new KeySpace("shop");

        assertThatThrownBy(() -> keys.key("cart", id)).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> keys.key("cart", "x".repeat(1025))).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> keys.key("ca:rt", "42")).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> keys.taggedKey("cart", "a}b")).isInstanceOf(InvalidArgument.class);
    }
}
