// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.telemetry.JsonLine;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reads the written JSON with Jackson. */
class JsonLineTest {

    /** The pieces of texts: plain, to be escaped, of two to four bytes, and lone surrogates. */
    private static final List<String> PIECES =
            List.of("a", "plain text", "?", "\"", "\\", "/", "\n", "\r", "\t", "\u0000", "\u001f", "\u007f", "\u0080");

    private static final List<String> WIDE = List.of("ü", "€", "🙂", "\uFFFD", "\u2028");
    private static final List<String> HALVES = List.of("\uD83D", "\uDE00");

    @Test
    @DeepTest
    void writesAnyTextSoThatItIsReadBackUnchanged() throws IOException {
        var random = new Random(1);
        for (int run = 0; run < Rounds.of(2_000, 50_000); run++) {
            var value = text(random);
            var name = text(random);
            var read = read(new JsonLine().text("first", "x").text("n" + name, value));
            assertThat(read.text("first")).isEqualTo("x");
            assertThat(read.text("n" + name)).isEqualTo(value);
        }
    }

    @Test
    void writesOneLine() {
        assertThat(new JsonLine().text("text", "a\nb\r\u0085").toString()).doesNotContain("\n", "\r");
    }

    @Test
    void writesQuestionMarksAsFastAsOtherText() throws IOException {
        var text = "?".repeat(1_000_000);
        assertThat(read(new JsonLine().text("text", text)).text("text")).isEqualTo(text);
    }

    @Test
    void writesMembersOfEachType() throws IOException {
        var line = new JsonLine()
                .number("least", Long.MIN_VALUE)
                .number("most", Long.MAX_VALUE)
                .thousandths("whole", -2_000)
                .thousandths("part", 1_050)
                .thousandths("several", List.of(7L, 1_000L))
                .texts("texts", List.of("a\"b", "ü"))
                .texts("none", List.of())
                .flag("flag", true)
                .json("json", "[null]")
                .json("empty", new JsonLine())
                .json("inner", new JsonLine().text("ü", "ü"));
        assertThat(line)
                .hasToString("{\"least\":-9223372036854775808,\"most\":9223372036854775807,\"whole\":-2,\"part\":1.050,"
                        + "\"several\":[0.007,1],\"texts\":[\"a\\\"b\",\"ü\"],\"none\":[],\"flag\":true,"
                        + "\"json\":[null],\"empty\":{},\"inner\":{\"ü\":\"ü\"}}");
        assertThat(read(line).object("inner").text("ü")).isEqualTo("ü");
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        var kinds = List.of(PIECES, PIECES, WIDE, HALVES).subList(0, 1 + random.nextInt(4));
        for (int i = random.nextInt(8); i > 0; i--) {
            var pieces = kinds.get(random.nextInt(kinds.size()));
            text.append(pieces.get(random.nextInt(pieces.size())));
        }
        return text.toString();
    }

    /** Parses the written bytes, which must equal the text. */
    private static EventJson read(JsonLine line) throws IOException {
        var written = new ByteArrayOutputStream();
        line.writeTo(written);
        assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo(line.toString());
        return Objects.requireNonNull(EventJson.read(written.toByteArray()), line::toString);
    }
}
