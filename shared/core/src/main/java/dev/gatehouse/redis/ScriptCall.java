package dev.gatehouse.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A script with what it is to work on.
 *
 * @param keys all in one slot; at least one
 * @param args {@code ARGV[2]} onward, as bytes; {@code ARGV[1]} is the time
 */
public record ScriptCall(Script script, List<String> keys, List<byte[]> args) {

    /** A call with arguments that are text. */
    public static ScriptCall of(Script script, List<String> keys, List<String> args) {
        return new ScriptCall(
                script,
                keys,
                args.stream().map(arg -> arg.getBytes(StandardCharsets.UTF_8)).toList());
    }
}
