package dev.gatehouse.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A script with its keys and arguments.
 *
 * @param keys at least one, all in one slot
 * @param args {@code ARGV[2]} onward, as bytes; {@code ARGV[1]} is the time
 */
public record ScriptCall(Script script, List<String> keys, List<byte[]> args) {

    public static ScriptCall of(Script script, List<String> keys, List<String> args) {
        return new ScriptCall(
                script,
                keys,
                args.stream().map(arg -> arg.getBytes(StandardCharsets.UTF_8)).toList());
    }
}
