// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import dev.gatehouse.codec.MessagePackReader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Combines two scripts into one that Redis runs in one atomic step and one round trip. The second script runs only if the
 * reply of the first begins with a given word. Both pack their replies and run at the same time of the clock.
 *
 * <p>If either script fails, the reply is {@link Reply.Refused} with its error. Redis keeps the writes of the first
 * script, so that script must be safe to repeat.
 */
public final class ChainedScripts {

    private static final Pattern WORD = Pattern.compile("[a-z]{1,31}");
    private static final Script FRAME = Script.beside(ChainedScripts.class, "chained-scripts");

    private record Key(Script first, String word, Script second) {}

    /** Unbounded, because a program combines few scripts. */
    private static final ConcurrentHashMap<Key, ChainedScripts> CACHE = new ConcurrentHashMap<>();

    private final Key key;
    private final Script both;

    private ChainedScripts(Key key) {
        this.key = key;
        if (!WORD.matcher(key.word).matches()) {
            throw new IllegalArgumentException("the word of a reply must be 1 to 31 lower-case letters");
        }
        if (!key.first.packs() || !key.second.packs()) {
            throw new IllegalArgumentException("both scripts must pack their replies");
        }
        var text = FRAME.source()
                .replace("WORD", "\\" + (0xa0 | key.word.length()) + key.word) // As it is packed.
                .replace("LENGTH", Integer.toString(1 + key.word.length()))
                .replace("--FIRST", key.first.source())
                .replace("--SECOND", key.second.source());
        this.both = Script.of(key.first.name() + "-" + key.second.name(), text).replyingPacked();
    }

    /**
     * Returns the combination of two scripts. It is created once and cached.
     *
     * @param word the first word of the reply that makes the second script run, 1 to 31 lower-case letters
     * @throws IllegalArgumentException if the word has another form, or a script does not pack its reply
     */
    public static ChainedScripts of(Script first, String word, Script second) {
        return CACHE.computeIfAbsent(new Key(first, word, second), ChainedScripts::new);
    }

    /**
     * Combines two calls into one.
     *
     * @param one the call of the first script
     * @param other the call of the second script, with keys in the same slot
     */
    public ScriptCall call(ScriptCall one, ScriptCall other) {
        return ScriptCall.of(both)
                .number(one.keys().size())
                .number(one.args().size())
                .append(one)
                .append(other);
    }

    /** Extracts the reply of the first script from {@code reply}. */
    public ScriptReply firstOf(ScriptReply reply) {
        return unpacked(key.first, reply.bytes(0));
    }

    /** Extracts the reply of the second script from {@code reply}; null if it did not run. */
    public @Nullable ScriptReply secondOf(ScriptReply reply) {
        return reply.size() < 2 ? null : unpacked(key.second, reply.bytes(1));
    }

    private static ScriptReply unpacked(Script script, byte[] packed) {
        return new ScriptReply(script, new MessagePackReader(packed).rest());
    }
}
