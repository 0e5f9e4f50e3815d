package dev.gatehouse.redis;

import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.PartitionSelectorException;
import io.netty.handler.codec.CodecException;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what the driver throws. */
final class DriverError {

    /** Before version 7 Redis says of every error in a script that it is one, and only then which. */
    private static final Pattern IN_SCRIPT =
            Pattern.compile("ERR Error running script .*@user_script: ?\\d+: -?([A-Z]+) .*", Pattern.DOTALL);

    private DriverError() {}

    /** Whether it tells of Redis or the wire, and not of a fault of those who ask. */
    static boolean isDrivers(Throwable thrown) {
        return switch (unwrapped(thrown)) {
            case RedisException _, IOException _, CodecException _, CancellationException _ -> true;
            case Throwable _ -> false;
        };
    }

    /** What is known about Redis after a command failed with {@code thrown}; {@link Unknown} where it could be either. */
    static <T extends @Nullable Object> Reply<T> reply(Throwable thrown) {
        return switch (unwrapped(thrown)) {
            case RedisCommandExecutionException error -> new Refused<>(code(error));
            // A cluster's node that cannot be reached, or a slot that no node serves.
            case RedisConnectionException _, PartitionSelectorException _ -> new NotSent<>(FailureReason.NOT_CONNECTED);
            case Throwable other -> reply(other.getMessage() == null ? "" : other.getMessage());
        };
    }

    /** The driver tells these apart by their messages alone; all come before it writes. */
    private static <T extends @Nullable Object> Reply<T> reply(String message) {
        if (message.startsWith("Currently not connected") || message.equals("Connection is closed")) {
            return new NotSent<>(FailureReason.NOT_CONNECTED);
        }
        if (message.contains(" size exceeded: ")) {
            return new NotSent<>(FailureReason.QUEUE_FULL);
        }
        return new Unknown<>(FailureReason.CONNECTION_LOST);
    }

    static Throwable unwrapped(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    /** The error's first word, a script's own where it is a script's, or {@code ERR}: the rest may quote what was sent. */
    private static String code(RedisCommandExecutionException error) {
        var message = error.getMessage() == null ? "" : error.getMessage();
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
