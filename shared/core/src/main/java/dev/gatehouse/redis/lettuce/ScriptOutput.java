// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import dev.gatehouse.codec.MessagePackReader;
import dev.gatehouse.codec.MessagePackReader.Malformed;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.NestedMultiOutput;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a script's reply: an array of whole numbers, texts and arrays, or one packed text with several values. A missing
 * text is null.
 */
final class ScriptOutput extends NestedMultiOutput<String, String> {

    private final boolean packed;

    /** @param packed whether the reply is one packed text */
    ScriptOutput(boolean packed) {
        super(StringCodec.UTF8);
        this.packed = packed;
    }

    @Override
    @SuppressWarnings("NullAway") // Lettuce passes null for a missing text.
    public void set(@Nullable ByteBuffer text) {
        if (!packed) {
            super.set(text);
            return;
        }
        try {
            output = text == null ? List.of() : new MessagePackReader(bytes(text)).rest();
        } catch (Malformed e) {
            setError("UNREADABLE reply");
        }
    }

    private static byte[] bytes(ByteBuffer text) {
        var bytes = new byte[text.remaining()];
        text.get(bytes);
        return bytes;
    }

    /** Hides the reply: Lettuce logs its commands at DEBUG. */
    @Override
    public String toString() {
        return "ScriptOutput[…]";
    }
}
