// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.codec.MessagePackReader.Malformed;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Exchanges values with scripts in both directions. */
class MessagePackTest {

    private static final List<Integer> LENGTHS = List.of(0, 1, 31, 32, 255, 256, 65_535, 65_536, 100_000);
    private static final List<Integer> MEMBERS = List.of(0, 1, 15, 16, 300, 65_535, 65_536);

    private static final List<Consumer<MessagePackReader>> READINGS = List.of(
            MessagePackReader::number,
            MessagePackReader::bytes,
            MessagePackReader::text,
            MessagePackReader::members,
            MessagePackTest::readAll,
            MessagePackReader::end);

    @Test
    void numbersAreReadAsTheyWereAdded() {
        var numbers = LongStream.of(0, 1, 127, 128, 255, 256, 65_535, 65_536, (1L << 32) - 1, 1L << 32, 1L << 53);
        numbers.forEach(number -> assertThat(
                        unpacked(new MessagePackWriter().add(number)).number())
                .isEqualTo(number));
        for (long number : new long[] {Long.MAX_VALUE, -1, -32, -128, Long.MIN_VALUE}) {
            assertThat(unpacked(new MessagePackWriter().add(number)).number()).isEqualTo(number);
        }
    }

    @Test
    void textsAreReadAsTheyWereAdded() {
        for (int length : LENGTHS) {
            var bytes = new byte[length];
            new Random(length).nextBytes(bytes);
            assertThat(unpacked(new MessagePackWriter().add(bytes)).bytes()).isEqualTo(bytes);
        }
        for (var text : List.of("", "a", "größe 🙂 \u0000", "x".repeat(70_000))) {
            assertThat(unpacked(new MessagePackWriter().add(text)).text()).isEqualTo(text);
        }
    }

    @Test
    void readsTheSizeOfAMapAndThenItsMembers() {
        for (int members : MEMBERS) {
            var packed = new MessagePackWriter().addMap(members);
            for (int n = 0; n < members; n++) {
                packed.add("").add(n % 100);
            }
            var in = unpacked(packed);
            assertThat(in.members()).isEqualTo(members);
            for (int n = 0; n < members; n++) {
                assertThat(in.text()).isEmpty();
                assertThat(in.number()).isEqualTo(n % 100);
            }
            in.end();
        }
    }

    @Test
    void reportsWhetherATextIsNext() {
        for (int length : LENGTHS) {
            assertThat(unpacked(new MessagePackWriter().add(new byte[length])).isText())
                    .isTrue();
        }
        assertThat(unpacked(new MessagePackWriter()).isText()).isFalse();
        assertThat(unpacked(new MessagePackWriter().add(7)).isText()).isFalse();
        assertThat(unpacked(new MessagePackWriter().add(1000)).isText()).isFalse();
        assertThat(unpacked(new MessagePackWriter().addMap(0)).isText()).isFalse();
        assertThat(unpacked(new MessagePackWriter().addMap(16)).isText()).isFalse();
    }

    @Test
    void aScriptPacksTextsAndMapsInTheSameWay() {
        try (var redis = RedisProcess.start()) {
            for (int length : LENGTHS) {
                assertSame(redis, "string.rep('x', " + length + ")", new MessagePackWriter().add("x".repeat(length)));
            }
            for (int members : MEMBERS) {
                var packed = new MessagePackWriter().addMap(members);
                for (int n = 1; n <= members; n++) {
                    packed.add("m" + n).add("");
                }
                if (members > 0) {
                    assertSame(redis, map(members), packed);
                }
            }
            assertThat(unpacked(redis, map(0)).members()).isZero();
            assertThat(unpacked(redis, map(20)).members()).isEqualTo(20);
        }
    }

    @Test
    void readsTheValuesThatAScriptPacks() {
        try (var redis = RedisProcess.start()) {
            for (var number : List.of(
                    "0",
                    "1",
                    "127",
                    "128",
                    "255",
                    "256",
                    "65535",
                    "65536",
                    "4294967295",
                    "4294967296",
                    "9007199254740992",
                    "-1",
                    "-32",
                    "-33",
                    "-128",
                    "-129",
                    "-32768",
                    "-32769",
                    "-2147483648",
                    "-2147483649",
                    "-9007199254740992")) {
                assertThat(unpacked(redis, number).number()).as(number).isEqualTo(Long.parseLong(number));
            }
            assertThat(unpacked(redis, "'gr\\195\\182\\195\\159e'").text()).isEqualTo("größe");
            assertThat(unpacked(redis, "'\\255'").bytes()).isEqualTo(new byte[] {(byte) 0xff});
        }
    }

    @Test
    void rejectsAValueOfAnotherKind() {
        for (var other : List.of(
                "c0",
                "c2",
                "c3",
                "ca00000000",
                "cb0000000000000000",
                "91c0",
                "dc0000",
                "dd00000000",
                "c1",
                "c400",
                "d400c0",
                "cfffffffffffffffff")) {
            for (var reading : READINGS) {
                assertMalformed(reading, other);
            }
        }
        assertMalformed(MessagePackReader::number, "a0");
        assertMalformed(MessagePackReader::number, "80");
        assertMalformed(MessagePackReader::bytes, "07");
        assertMalformed(MessagePackReader::bytes, "80");
        assertMalformed(MessagePackReader::members, "07");
        assertMalformed(MessagePackReader::members, "a0");
        assertMalformed(MessagePackReader::text, "a1ff");
        assertMalformed(MessagePackReader::text, "a3eda0bd");
        assertMalformed(MessagePackReader::end, "00");
    }

    @Test
    void rejectsTruncatedInput() {
        for (var cut : List.of(
                "", "cc", "cd00", "ce000000", "cf00000000000000", "d0", "d100", "d2000000", "d300000000000000")) {
            assertMalformed(MessagePackReader::number, cut);
        }
        for (var cut :
                List.of("", "a1", "bf00", "d9", "d901", "da00", "da0001", "db000000", "dbffffffff", "db7fffffff00")) {
            assertMalformed(MessagePackReader::bytes, cut);
            assertMalformed(MessagePackReader::text, cut);
        }
        for (var cut :
                List.of("", "81", "81a0", "de00", "de0001a0", "df000000", "dfffffffff", "df7fffffff", "df80000000")) {
            assertMalformed(MessagePackReader::members, cut);
        }
    }

    @Test
    @DeepTest
    void randomBytesAreReadAsValuesOrRejectedAsMalformed() {
        var random = new Random(7);
        for (int n = 0; n < Rounds.of(20_000, 1_000_000); n++) {
            var bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            for (var reading : READINGS) {
                try {
                    reading.accept(new MessagePackReader(bytes));
                } catch (Malformed e) {
                    assertThat(e.getMessage()).isNotBlank();
                }
            }
        }
    }

    private static void readAll(MessagePackReader in) {
        if (in.isText()) {
            in.text();
        } else {
            in.number();
        }
        readAll(in);
    }

    private static void assertMalformed(Consumer<MessagePackReader> reading, String hex) {
        assertThatThrownBy(() ->
                        reading.accept(new MessagePackReader(HexFormat.of().parseHex(hex))))
                .as(hex)
                .isInstanceOf(Malformed.class);
    }

    private static MessagePackReader unpacked(MessagePackWriter packed) {
        return new MessagePackReader(packed.bytes());
    }

    private static String map(int members) {
        return "(function() local map = {} for n = 1, " + members + " do map['m' .. n] = '' end return map end)()";
    }

    /** Asserts equal lengths and equal heads, which hold the kind and the size. */
    private static void assertSame(RedisProcess redis, String value, MessagePackWriter packed) {
        var bytes = packed.bytes();
        var head = Arrays.copyOf(bytes, Math.min(bytes.length, value.contains("map") ? headOfMap(bytes) : 6));
        assertThat(redis.cli("EVAL", "return #cmsgpack.pack(" + value + ")", "0"))
                .as(value)
                .isEqualTo((long) bytes.length);
        assertThat(hex(redis, "cmsgpack.pack(" + value + "):sub(1, " + head.length + ")"))
                .as(value)
                .isEqualTo(HexFormat.of().formatHex(head));
    }

    /** Ignores the order of the names. */
    private static int headOfMap(byte[] bytes) {
        return switch (bytes[0] & 0xff) {
            case 0xde -> 3;
            case 0xdf -> 5;
            default -> 1;
        };
    }

    private static MessagePackReader unpacked(RedisProcess redis, String value) {
        return new MessagePackReader(HexFormat.of().parseHex(hex(redis, "cmsgpack.pack(" + value + ")")));
    }

    private static String hex(RedisProcess redis, String bytes) {
        var script = "return (string.gsub(" + bytes
                + ", '.', function(c) return string.format('%02x', string.byte(c)) end))";
        return (String) redis.cli("EVAL", script, "0");
    }
}
