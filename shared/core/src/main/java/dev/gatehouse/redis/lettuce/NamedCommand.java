// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A command by its name, with any reply.
 *
 * @param name one word in upper case
 * @param args the first is the key by which a cluster client selects the node. A wrong guess costs a redirection.
 */
public record NamedCommand(String name, List<String> args) {

    public NamedCommand {
        args = List.copyOf(args);
    }

    /** Sends the command. The value is a text, number, list of such values, or null; a map is a flat list. */
    public CompletionStage<@Nullable Object> send(RedisClusterAsyncCommands<String, String> redis) {
        var output = new Output();
        var encoded = new CommandArgs<>(StringCodec.UTF8);
        if (!args.isEmpty()) {
            encoded.addKey(args.getFirst()).addValues(args.subList(1, args.size()));
        }
        return redis.dispatch(new Keyword(name), output, encoded).thenApply(output::value);
    }

    private record Keyword(String word) implements ProtocolKeyword {

        @Override
        public byte[] getBytes() {
            return word.getBytes(StandardCharsets.US_ASCII);
        }

        /** Returns the name, by which Lettuce's log and metrics refer to the command. */
        @Override
        public String toString() {
            return word;
        }
    }

    /** Decodes any reply. */
    private static final class Output extends NestedMultiOutput<String, String> {

        private boolean list;
        private boolean begun;

        Output() {
            super(StringCodec.UTF8);
        }

        @Override
        public void multi(int count) {
            list |= !begun;
            begun = true;
            super.multi(count);
        }

        @Override
        public void set(boolean value) {
            set(value ? 1L : 0L);
        }

        /** @param values those of a list, or the only one */
        @Nullable
        Object value(List<Object> values) {
            return list ? values : values.isEmpty() ? null : values.getFirst();
        }

        /** Hides the reply: Lettuce logs its commands at DEBUG. */
        @Override
        public String toString() {
            return "Output[…]";
        }
    }
}
