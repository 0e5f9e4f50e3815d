package dev.gatehouse.redis;

import dev.gatehouse.codec.MessagePackReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Two scripts that Redis runs as one, in one atomic step and one round trip: the second only if the first's reply begins
 * with a certain word. Both pack their replies, go by the same time, and know nothing of each other.
 *
 * <p>Where either replies with an error, the pair is {@link Reply.Refused} with it; what the first has written by then
 * stays written. So the first must be one that may be run again.
 */
public final class ChainedScripts {

    private static final Pattern WORD = Pattern.compile("[a-z]{1,31}");
    private static final Script FRAME = Script.beside(ChainedScripts.class, "pair");

    private record Key(Script first, String word, Script second) {}

    /** Few: a program pairs few scripts. */
    private static final ConcurrentHashMap<Key, ChainedScripts> KNOWN = new ConcurrentHashMap<>();

    private final Script both;

    private ChainedScripts(Key key) {
        if (!WORD.matcher(key.word).matches()) {
            throw new IllegalArgumentException("a reply's word is 1 to 31 lower-case letters");
        }
        if (!key.first.packs() || !key.second.packs()) {
            throw new IllegalArgumentException("both of a pair pack their replies");
        }
        var text = FRAME.source()
                .replace("WORD", "\\" + (0xa0 | key.word.length()) + key.word) // As it is packed.
                .replace("LENGTH", Integer.toString(1 + key.word.length()))
                .replace("--FIRST", key.first.source())
                .replace("--SECOND", key.second.source());
        this.both = Script.of(key.first.name() + "-" + key.second.name(), text).replyingPacked();
    }

    /**
     * The pair of two scripts, put together once.
     *
     * @param word 1 to 31 lower-case letters
     * @throws IllegalArgumentException if it is not, or one of them does not pack its reply
     */
    public static ChainedScripts of(Script first, String word, Script second) {
        var key = new Key(first, word, second);
        var known = KNOWN.get(key);
        if (known == null) {
            known = new ChainedScripts(key);
            KNOWN.put(key, known);
        }
        return known;
    }

    /**
     * The one call that two are.
     *
     * @param one of the first script
     * @param other of the second, with keys in the slot of the first's
     */
    public ScriptCall call(ScriptCall one, ScriptCall other) {
        var keys = new ArrayList<String>(one.keys().size() + other.keys().size());
        keys.addAll(one.keys());
        keys.addAll(other.keys());
        var args = new ArrayList<byte[]>(2 + one.args().size() + other.args().size());
        args.add(ascii(one.keys().size()));
        args.add(ascii(one.args().size()));
        args.addAll(one.args());
        args.addAll(other.args());
        return new ScriptCall(both, keys, args);
    }

    private static byte[] ascii(int number) {
        return Integer.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    /** Of the pair's reply, what the first script said. */
    public List<Object> firstOf(List<Object> reply) {
        return unpacked(reply.getFirst());
    }

    /** Of the pair's reply, what the second script said; null if it was not run. */
    public @Nullable List<Object> secondOf(List<Object> reply) {
        return reply.size() < 2 ? null : unpacked(reply.get(1));
    }

    private static List<Object> unpacked(Object reply) {
        return new MessagePackReader(((String) reply).getBytes(StandardCharsets.ISO_8859_1)).rest();
    }
}
