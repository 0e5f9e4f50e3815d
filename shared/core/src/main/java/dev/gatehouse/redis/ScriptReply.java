// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The values with which a script replied: whole numbers, texts and, unless packed, lists. By convention the first is a
 * word that names the outcome. Indexes begin at 0.
 *
 * <p>A method throws {@link ClassCastException} or {@link IndexOutOfBoundsException} if the script replied with something
 * else, which is a bug.
 */
public final class ScriptReply {

    private final Script script;
    private final List<Object> values;

    ScriptReply(Script script, List<Object> values) {
        this.script = script;
        this.values = values;
    }

    public int size() {
        return values.size();
    }

    public String word() {
        return text(0);
    }

    /** Returns whether there is a value at {@code index}, and it is {@code text}. Throws nothing. */
    public boolean has(int index, String text) {
        return index < values.size() && values.get(index).equals(text);
    }

    /** Returns a text. If the reply is packed, each character stands for one byte. */
    public String text(int index) {
        return (String) values.get(index);
    }

    /** Returns a text of a packed reply as its bytes. */
    public byte[] bytes(int index) {
        return text(index).getBytes(StandardCharsets.ISO_8859_1);
    }

    public long number(int index) {
        return (Long) values.get(index);
    }

    /** Returns whether the number is 1. */
    public boolean flag(int index) {
        return number(index) == 1;
    }

    /** Returns the time of a number of microseconds since 1970. */
    public Instant instant(int index) {
        return MicroClock.instant(number(index));
    }

    /** Returns the duration of a number of microseconds. */
    public Duration micros(int index) {
        return Duration.of(number(index), ChronoUnit.MICROS);
    }

    /** Returns a list of a reply that is not packed. */
    public List<?> list(int index) {
        return (List<?>) values.get(index);
    }

    /** Returns the exception to throw for a word that the script should not reply. */
    public IllegalStateException unexpected() {
        return new IllegalStateException(script.name() + ".lua replied " + word());
    }

    List<Object> values() {
        return values;
    }

    /** Hides the values, which may be secret. */
    @Override
    public String toString() {
        return "ScriptReply[" + script.name() + "]";
    }
}
