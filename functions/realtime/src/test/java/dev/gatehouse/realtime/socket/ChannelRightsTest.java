// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.realtime.socket.ChannelRights.Right;
import dev.gatehouse.redis.config.InvalidSetting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelRightsTest {

    private static final String RULES =
            "public:* =join,publish; user:{userId}=join; room:*:admin=join; room:*=join,publish,typing;";

    @ParameterizedTest
    @CsvSource({
        "JOIN,    public:news, true",
        "PUBLISH, public:,     true",
        "TYPING,  public:news, false",
        "JOIN,    user:ada,    true",
        "PUBLISH, user:ada,    false",
        "JOIN,    user:grace,  false",
        "JOIN,    user:adax,   false",
        "PUBLISH, room:1,      true",
        "PUBLISH, room:1:admin, false",
        "JOIN,    xroom:1,     false",
        "JOIN,    other,       false",
    })
    void theFirstPatternThatMatchesDecides(Right right, String channel, boolean allowed) {
        assertThat(ChannelRights.of(RULES).allows(right, "ada", channel)).isEqualTo(allowed);
    }

    /** A user id with the signs of a pattern or of a regular expression stands for itself. */
    @ParameterizedTest
    @ValueSource(strings = {"*", ".*", "a|b", "\\E.*", "{userId}"})
    void aHostileUserIdMatchesItselfOnly(String userId) {
        var rights = ChannelRights.of("user:{userId}=join");
        assertThat(rights.allows(Right.JOIN, userId, "user:" + userId)).isTrue();
        assertThat(rights.allows(Right.JOIN, userId, "user:ada")).isFalse();
    }

    @Test
    void withoutASettingNothingIsAllowed() {
        assertThat(ChannelRights.of(null).allows(Right.JOIN, "ada", "public:news"))
                .isFalse();
        assertThat(ChannelRights.of(" ").allows(Right.JOIN, "ada", "")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"room:*", "=join", "room:*=", "room:*=read", "room:*=join,", "a b=join", "é=join"})
    void aMalformedSettingIsRefused(String value) {
        assertThatThrownBy(() -> ChannelRights.of(value))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("GATEHOUSE_CHANNELS");
    }
}
