// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.command;

import dev.gatehouse.redis.lettuce.NamedCommand;
import dev.gatehouse.validation.InvalidArgument;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Builds commands for a shared connection. They must not block it, or change it for everybody. */
final class SharedCommand {

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,63}");

    private static final Set<String> BLOCKING = Set.of(
            "BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMAX", "BZPOPMIN", "WAIT", "WAITAOF");

    private static final Set<String> CHANGING = Set.of(
            "ASKING",
            "AUTH",
            "DISCARD",
            "EXEC",
            "HELLO",
            "MONITOR",
            "MULTI",
            "PSUBSCRIBE",
            "PSYNC",
            "PUNSUBSCRIBE",
            "QUIT",
            "READONLY",
            "READWRITE",
            "REPLCONF",
            "RESET",
            "SELECT",
            "SSUBSCRIBE",
            "SUBSCRIBE",
            "SUNSUBSCRIBE",
            "SYNC",
            "UNSUBSCRIBE",
            "UNWATCH",
            "WATCH");

    private static final Set<String> CHANGING_CLIENT =
            Set.of("CACHING", "NO-EVICT", "NO-TOUCH", "REPLY", "SETINFO", "SETNAME", "TRACKING");

    private SharedCommand() {}

    /** @throws InvalidArgument if the command is malformed or must not be sent on a shared connection */
    static NamedCommand of(String name, Object... args) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidArgument("name", "must be one word: pass a subcommand as an argument");
        }
        var upper = name.toUpperCase(Locale.ROOT);
        var texts = Arrays.stream(args).map(SharedCommand::text).toList();
        if (isUnshared(upper, texts)) {
            throw new InvalidArgument("name", "must not block or change the shared connection: open one for it");
        }
        return new NamedCommand(upper, texts);
    }

    private static String text(@Nullable Object arg) {
        return switch (arg) {
            case String text -> text;
            case Integer number -> number.toString();
            case Long number -> number.toString();
            case Double number -> number.toString();
            case null, default -> throw new InvalidArgument("args", "must be texts and numbers");
        };
    }

    private static boolean isUnshared(String name, List<String> args) {
        return BLOCKING.contains(name)
                || CHANGING.contains(name)
                || (name.equals("CLIENT") && !args.isEmpty() && CHANGING_CLIENT.contains(upper(args.getFirst())))
                || ((name.equals("XREAD") || name.equals("XREADGROUP")) && hasBlock(args));
    }

    /** Returns whether there is a BLOCK option, which precedes the streams. */
    private static boolean hasBlock(List<String> args) {
        for (var arg : args) {
            switch (upper(arg)) {
                case "BLOCK" -> {
                    return true;
                }
                case "STREAMS" -> {
                    return false;
                }
                default -> {}
            }
        }
        return false;
    }

    private static String upper(String arg) {
        return arg.toUpperCase(Locale.ROOT);
    }
}
