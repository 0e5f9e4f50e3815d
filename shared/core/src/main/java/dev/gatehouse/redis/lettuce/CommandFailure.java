// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.cluster.PartitionSelectorException;
import io.netty.handler.codec.CodecException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Classifies the exceptions with which Lettuce fails a command.
 *
 * @param code the first word of Redis's error if {@code kind} is {@link Kind#REFUSED}; otherwise null
 */
public record CommandFailure(Kind kind, @Nullable String code) {

    public enum Kind {
        /** Redis replied with an error. */
        REFUSED,
        /** The command was not written, because there is no connection. */
        NOT_CONNECTED,
        /** The command was not written, because the queue is full. */
        QUEUE_FULL,
        /** The command may have been written, and has no reply. */
        UNKNOWN
    }

    /** Redis before version 7 wraps an error that a script raises. */
    private static final Pattern IN_SCRIPT =
            Pattern.compile("ERR Error running script .*@user_script: ?\\d+: -?([A-Z]+) .*", Pattern.DOTALL);

    /** Redis has no code of its own for a script that runs what its user may not: up to version 7.0, and since. */
    private static final List<String> DENIED_IN_SCRIPT =
            List.of("The user executing the script can't ", "ACL failure in script: ");

    /** Returns whether Lettuce, Netty or the network raised {@code thrown}, and not the caller's code. */
    public static boolean isFromLettuce(Throwable thrown) {
        return switch (unwrap(thrown)) {
            case RedisException _, IOException _, CodecException _, CancellationException _ -> true;
            case Throwable _ -> false;
        };
    }

    /** Returns whether Redis does not have the script of an EVALSHA. */
    public static boolean isNoScript(@Nullable Throwable thrown) {
        return thrown instanceof RedisNoScriptException;
    }

    public static CommandFailure of(Throwable thrown) {
        return switch (unwrap(thrown)) {
            case RedisCommandExecutionException error -> new CommandFailure(Kind.REFUSED, code(error));
            // A cluster node that cannot be reached, or a slot that no node serves.
            case RedisConnectionException _, PartitionSelectorException _ ->
                new CommandFailure(Kind.NOT_CONNECTED, null);
            case Throwable other ->
                new CommandFailure(unwritten(other.getMessage() == null ? "" : other.getMessage()), null);
        };
    }

    /** Classifies by message, the only difference between these exceptions. Lettuce throws them before it writes. */
    private static Kind unwritten(String message) {
        if (message.startsWith("Currently not connected") || message.equals("Connection is closed")) {
            return Kind.NOT_CONNECTED;
        }
        return message.contains(" size exceeded: ") ? Kind.QUEUE_FULL : Kind.UNKNOWN;
    }

    /** Returns the cause of a {@link CompletionException}, or {@code thrown}. */
    public static Throwable unwrap(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    /** Returns the first word only: the rest may quote the command. */
    private static String code(RedisCommandExecutionException error) {
        var message = error.getMessage() == null ? "" : error.getMessage();
        if (message.startsWith("ERR ") && DENIED_IN_SCRIPT.stream().anyMatch(message::contains)) {
            return "NOPERM";
        }
        var inScript = IN_SCRIPT.matcher(message);
        if (inScript.matches()) {
            return inScript.group(1);
        }
        var end = 0;
        while (end < message.length() && message.charAt(end) >= 'A' && message.charAt(end) <= 'Z') {
            end++;
        }
        return end == 0 || (end < message.length() && message.charAt(end) != ' ') ? "ERR" : message.substring(0, end);
    }
}
