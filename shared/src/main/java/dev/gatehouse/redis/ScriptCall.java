package dev.gatehouse.redis;

import java.util.List;

/**
 * A script with what it is to work on.
 *
 * @param keys all in one slot; at least one
 * @param args {@code ARGV[2]} onward; {@code ARGV[1]} is the time
 */
public record ScriptCall(Script script, List<String> keys, List<String> args) {}
