// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import dev.gatehouse.redis.config.InvalidSetting;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which user may do what in which channel, as {@code GATEHOUSE_CHANNELS} states: patterns and rights, such as {@code public:*
 * =join,publish; user:{userId}=join; room:*=join,publish,typing}. In a pattern {@code *} stands for any characters and {@code
 * {userId}} for the id of the user. The first pattern that matches decides. Without a match nothing is allowed.
 */
public final class ChannelRights {

    public static final String SETTING = "GATEHOUSE_CHANNELS";

    private static final String USER_ID = "{userId}";

    /** Something that a user may do in a channel. */
    public enum Right {
        /** To be present, and to receive and catch up. */
        JOIN,
        PUBLISH,
        TYPING;

        static Right of(String word) {
            for (var right : values()) {
                if (right.word().equals(word)) {
                    return right;
                }
            }
            throw new InvalidSetting(SETTING, "has an unknown right; known are join, publish and typing");
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private record Rule(List<String> pattern, Set<Right> rights) {

        /** Splits a pattern into literal texts, {@code *} and {@code {userId}}. */
        static List<String> parts(String pattern) {
            return List.of(pattern.split("(?<=\\*)|(?=\\*)|(?<=\\{userId})|(?=\\{userId})"));
        }

        boolean matches(String userId, String channel) {
            var regex = new StringBuilder();
            for (var part : pattern) {
                regex.append(part.equals("*") ? ".*" : Pattern.quote(part.equals(USER_ID) ? userId : part));
            }
            return Pattern.matches(regex.toString(), channel);
        }
    }

    private final List<Rule> rules;

    private ChannelRights(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /**
     * Parses the setting.
     *
     * @param value null or blank for none: then nothing is allowed
     * @throws InvalidSetting if it is malformed
     */
    public static ChannelRights of(@Nullable String value) {
        var rules = new ArrayList<Rule>();
        for (var entry : value == null ? new String[0] : value.split(";", -1)) {
            if (entry.isBlank()) {
                continue;
            }
            int equals = entry.lastIndexOf('=');
            var pattern = equals < 0 ? "" : entry.substring(0, equals).strip();
            if (pattern.isEmpty() || !pattern.chars().allMatch(character -> character > ' ' && character <= '~')) {
                throw new InvalidSetting(
                        SETTING, "must be pattern=rights, separated by semicolons, such as room:*=join,publish,typing");
            }
            var rights = EnumSet.noneOf(Right.class);
            for (var word : entry.substring(equals + 1).split(",", -1)) {
                rights.add(Right.of(word.strip()));
            }
            rules.add(new Rule(Rule.parts(pattern), rights));
        }
        return new ChannelRights(rules);
    }

    public boolean allows(Right right, String userId, String channel) {
        return rules.stream()
                .filter(rule -> rule.matches(userId, channel))
                .findFirst()
                .map(rule -> rule.rights().contains(right))
                .orElse(false);
    }
}
