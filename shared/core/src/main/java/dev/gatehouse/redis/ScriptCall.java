// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A script with its keys and arguments: {@code ScriptCall.of(script).key(key).text(owner).number(limit)}. At least one key
 * is required, and all must be in one slot. Not thread-safe; must not change once a link has it.
 */
public final class ScriptCall {

    private static final byte[] ZERO = {'0'};
    private static final byte[] ONE = {'1'};

    private final Script script;
    private final boolean probe;
    private final List<String> keys = new ArrayList<>(1);
    private final List<byte[]> args = new ArrayList<>(8);

    private ScriptCall(Script script, boolean probe) {
        this.script = script;
        this.probe = probe;
    }

    public static ScriptCall of(Script script) {
        return new ScriptCall(script, false);
    }

    /**
     * Returns a call that succeeds only if Redis serves the functions: if it runs each kind of command that they use, in a
     * script sent by digest or by source. It replies {@code as-expected} or {@code otherwise}.
     *
     * @param key a key that nothing else uses; it is deleted, and expires within a second at the latest
     */
    public static ScriptCall probe(String key) {
        return new ScriptCall(Probe.SCRIPT, true).key(key);
    }

    public Script script() {
        return script;
    }

    /** Returns whether the link must send a script by source, too. */
    boolean isProbe() {
        return probe;
    }

    List<String> keys() {
        return keys;
    }

    /** Returns {@code ARGV[2]} onward; {@code ARGV[1]} is the time. */
    List<byte[]> args() {
        return args;
    }

    public ScriptCall key(String key) {
        keys.add(key);
        return this;
    }

    public ScriptCall bytes(byte[] arg) {
        args.add(arg);
        return this;
    }

    public ScriptCall text(String arg) {
        return bytes(arg.getBytes(StandardCharsets.UTF_8));
    }

    public ScriptCall number(long arg) {
        return bytes(Long.toString(arg).getBytes(StandardCharsets.US_ASCII));
    }

    /** Adds {@code 1} for true, {@code 0} for false. */
    public ScriptCall flag(boolean arg) {
        return bytes(arg ? ONE : ZERO);
    }

    /** Adds a duration in whole microseconds. */
    public ScriptCall micros(Duration arg) {
        return number(TimeUnit.MICROSECONDS.convert(arg));
    }

    /** Appends the keys and the arguments of {@code other}. */
    ScriptCall append(ScriptCall other) {
        keys.addAll(other.keys);
        args.addAll(other.args);
        return this;
    }

    /** Loads the script at its first use. */
    private static final class Probe {

        private static final Script SCRIPT = Script.beside(ScriptCall.class, "probe");
    }
}
