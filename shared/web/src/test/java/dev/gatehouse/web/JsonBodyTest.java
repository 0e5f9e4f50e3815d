package dev.gatehouse.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.HashTag;
import dev.gatehouse.web.Reading.Faulty;
import dev.gatehouse.web.Reading.Read;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBodyTest {

    private record Point(String name, long x, long y, boolean flagged) {}

    private static Point point(JsonBody fields) {
        var name = fields.text("name");
        var x = fields.whole("x");
        var y = fields.whole("y", 7);
        var flagged = fields.word("flag", Map.of("up", true, "down", false), false);
        return fields.make(() -> new Point(name, x, y, flagged));
    }

    private static Reading<Point> read(String json) {
        return JsonBody.read(json.getBytes(StandardCharsets.UTF_8), JsonBodyTest::point);
    }

    private static List<Violation> faults(String json) {
        return ((Faulty<Point>) read(json)).violations();
    }

    @Test
    void aSoundBodyIsRead() {
        assertThat(read("{\"name\":\"é\",\"x\":-0,\"flag\":\"up\"}")).isEqualTo(new Read<>(new Point("é", 0, 7, true)));
    }

    @Test
    void nullIsTheSameAsAbsent() {
        assertThat(read("{\"name\":\"n\",\"x\":1,\"y\":null,\"flag\":null}"))
                .isEqualTo(new Read<>(new Point("n", 1, 7, false)));
        assertThat(faults("{\"name\":null,\"x\":1}")).containsExactly(new Violation("name", "is missing"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"5\"", "5.0", "5.5", "5e0", "true", "[]", "{}", "\"\""})
    void onlyAWholeNumberIsOne(String value) {
        assertThat(faults("{\"name\":\"n\",\"x\":" + value + "}"))
                .containsExactly(new Violation("x", "must be a whole number"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "true", "[]", "{}", "1.5"})
    void onlyAStringIsText(String value) {
        assertThat(faults("{\"name\":" + value + ",\"x\":1}"))
                .containsExactly(new Violation("name", "must be a string"));
    }

    @ParameterizedTest
    @CsvSource({"true,true", "false,false", "null,true"})
    void aFlagIsTrueOrFalseOrAsItIsOtherwise(String value, boolean read) {
        var body = ("{\"on\":" + value + "}").getBytes(StandardCharsets.UTF_8);

        assertThat(JsonBody.read(body, fields -> fields.flag("on", true))).isEqualTo(new Read<>(read));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"true\"", "1", "0", "[]", "{}"})
    void onlyTrueAndFalseAreAFlag(String value) {
        var body = ("{\"on\":" + value + "}").getBytes(StandardCharsets.UTF_8);

        assertThat(JsonBody.read(body, fields -> fields.flag("on", true)))
                .isEqualTo(new Faulty<>(List.of(new Violation("on", "must be true or false"))));
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, 9223372036854775807",
        "9223372036854775808, 9223372036854775807",
        "-9223372036854775809, -9223372036854775808",
        "99999999999999999999999999999999999999, 9223372036854775807"
    })
    void aNumberBeyondTheScaleIsItsEnd(String written, long read) {
        assertThat(read("{\"name\":\"n\",\"x\":" + written + "}"))
                .isEqualTo(new Read<>(new Point("n", read, 7, false)));
    }

    @Test
    void everyFaultIsPutDown() {
        assertThat(faults("{\"x\":\"1\",\"y\":[],\"flag\":\"left\",\"z\":{\"a\":1}}"))
                .containsExactly(
                        new Violation("name", "is missing"),
                        new Violation("x", "must be a whole number"),
                        new Violation("y", "must be a whole number"),
                        new Violation("flag", "must be one of: down, up"),
                        new Violation("z", "is not a known property"));
    }

    @Test
    void faultsCarryTheirPath() {
        var reading = JsonBody.read(
                "{\"points\":[{\"name\":\"n\",\"x\":1},{\"name\":\"n\"},7]}".getBytes(StandardCharsets.UTF_8),
                fields -> fields.objects("points", JsonBodyTest::point));

        assertThat(reading)
                .isEqualTo(new Faulty<>(List.of(
                        new Violation("points[1].x", "is missing"), new Violation("points[2]", "must be an object"))));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "`` | body | is empty",
                "`   ` | body | is empty",
                "null | body | must be an object",
                "[] | body | must be an object",
                "{\"name\":\"n\",\"x\":1 | body | is not well-formed JSON at line 1",
                "{\"name\":\"n\",\"x\":1}} | body | is not well-formed JSON",
                "{\"name\":\"n\",\"x\":1} {} | body | goes on",
                "{\"name\":\"n\",\"x\":NaN} | body | is not well-formed JSON",
                "{\"name\":\"n\",\"x\":01} | body | is not well-formed JSON",
                "{'name':'n','x':1} | body | is not well-formed JSON",
                "{\"name\":\"n\",\"x\":1,\"x\":1} | x | is given twice",
                "{\"name\":\"\\ud800\",\"x\":1} | name | holds half",
                "{\"name\":\"n\",\"x\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]} | body | nests deeper",
            })
    void whatIsNotOneJsonObjectIsRefused(String body, String field, String message) {
        assertThat(faults(body)).first().satisfies(fault -> {
            assertThat(fault.field()).isEqualTo(field);
            assertThat(fault.message()).startsWith(message);
        });
    }

    @Test
    void aByteOrderMarkIsRefused() {
        assertThat(faults("\uFEFF{\"name\":\"n\",\"x\":1}"))
                .containsExactly(new Violation("body", "begins with a byte order mark"));
    }

    @Test
    void whatIsNotUtf8IsRefused() {
        var utf16 = "{\"name\":\"n\",\"x\":1}".getBytes(StandardCharsets.UTF_16);
        assertThat(JsonBody.read(utf16, JsonBodyTest::point))
                .isEqualTo(new Faulty<>(List.of(new Violation("body", "is not valid UTF-8"))));
    }

    @Test
    void anAbsentBodyIsEmpty() {
        assertThat(JsonBody.read(null, JsonBodyTest::point)).isInstanceOf(Faulty.class);
    }

    @Test
    void anOverlongNameIsOnlyUnknown() {
        assertThat(faults("{\"name\":\"n\",\"x\":1,\"" + "k".repeat(200_000) + "\":1}"))
                .containsExactly(new Violation("k".repeat(64) + "…", "is not a known property"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\ud800",
                "a\\udc00",
                "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\uD83D\uDE00"
            })
    void noFaultIsToldWithHalfACharacter(String name) {
        assertThat(faults("{\"name\":\"n\",\"x\":1,\"" + name + "\":1}"))
                .isNotEmpty()
                .allSatisfy(
                        fault -> assertThat(HashTag.isWellFormed(fault.field())).isTrue());
    }

    @Test
    void faultsBeyondFiftyAreNotKept() {
        var many = new StringBuilder("{\"name\":\"n\",\"x\":1");
        for (int i = 0; i < 1000; i++) {
            many.append(",\"u").append(i).append("\":1");
        }
        assertThat(faults(many.append('}').toString())).hasSize(50);
    }

    @Property
    void noBytesMakeItThrow(@ForAll byte[] bytes) {
        assertThat(JsonBody.read(bytes, JsonBodyTest::point)).isNotNull();
    }

    private record Letter(boolean urgent, Map<String, List<String>> lines, Point from) {}

    private static Reading<Letter> letter(String json) {
        return JsonBody.read(json.getBytes(StandardCharsets.UTF_8), fields -> {
            var urgent = fields.flag("urgent", true);
            var lines = fields.texts("lines");
            var from = fields.object("from", JsonBodyTest::point);
            return fields.make(() -> new Letter(urgent, lines, from));
        });
    }

    @Test
    void objectsInsideFlagsAndTextsOfAnyNameAreRead() {
        assertThat(letter("{\"urgent\":false,\"lines\":{\"b\":\"1\",\"a\":[\"2\",\"3\"],\"c\":[]},"
                        + "\"from\":{\"name\":\"n\",\"x\":1}}"))
                .isEqualTo(new Read<>(new Letter(
                        false,
                        Map.of("b", List.of("1"), "a", List.of("2", "3"), "c", List.of()),
                        new Point("n", 1, 7, false))));
        assertThat(letter("{\"from\":{\"name\":\"n\",\"x\":1}}"))
                .isEqualTo(new Read<>(new Letter(true, Map.of(), new Point("n", 1, 7, false))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | from",
                "{'from':7} | from",
                "{'from':{'name':'n','more':1}} | from.x from.more",
                "{'from':{'name':'n','x':1},'urgent':'yes'} | urgent",
                "{'from':{'name':'n','x':1},'lines':[]} | lines",
                "{'from':{'name':'n','x':1},'lines':{'a':1,'b':['2',3],'c':null}} | lines.a lines.b lines.c",
            })
    void whatIsWrongInsideIsToldWithItsPlace(String json, String fields) {
        assertThat(((Faulty<Letter>) letter(json.replace('\'', '"'))).violations())
                .extracting(Violation::field)
                .containsExactlyInAnyOrder(fields.split(" "));
    }

    private static Reading<Map<String, JsonValue>> anything(String member) {
        var body = ("{\"any\":" + member + "}").getBytes(StandardCharsets.UTF_8);
        return JsonBody.read(body, fields -> fields.members("any"));
    }

    private static Map<String, JsonValue> members(String member) {
        return ((Read<Map<String, JsonValue>>) anything(member)).value();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e400",
                "0.10",
                "-0",
                "-0.0",
                "1E+2",
                "9007199254740993",
                "123456789012345678901234567890.0",
                "true",
                "false",
                "null",
                "\"\"",
                "\"a \\\" \\\\ / \\n \\u0000 ü \ud83d\ude42\"",
                "[]",
                "[1.0,[2.50,{\"b\":null,\"a\":{}}],\"\",-0]"
            })
    void aValueOfAnyKindIsKeptAsItWasWritten(String value) {
        assertThat(members("{\"a\":" + value + "}")).containsExactly(Map.entry("a", new JsonValue.Opaque(value)));
    }

    @Test
    void anObjectOfAnyKindIsKeptMemberByMember() {
        assertThat(members("{ \"b\" : { \"\" : 1.0 } , \"a\" : [ 1 , 2 ] }"))
                .containsExactly(
                        Map.entry("b", new JsonValue.Members(Map.of("", new JsonValue.Opaque("1.0")))),
                        Map.entry("a", new JsonValue.Opaque("[1,2]")));
        assertThat(members("{}")).isEmpty();
        assertThat(members("null")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | any",
                "\"x\" | any",
                "7 | any",
                "{'a':{'b':1,'b':2}} | any.a.b",
                "{'a':['\\ud800']} | any.a[0]",
                "{'\\udc00':1} | any.?"
            })
    void whatIsNoObjectOrNotWellFormedInsideIsRefused(String member, String field) {
        assertThat(((Faulty<?>) anything(member.replace('\'', '"'))).violations())
                .extracting(Violation::field)
                .containsExactly(field);
    }

    @Test
    void nullIsToldFromAbsentWhereItMatters() {
        assertThat(JsonBody.read(
                        "{\"a\":null,\"b\":1}".getBytes(StandardCharsets.UTF_8),
                        fields -> List.of(fields.isNull("a"), fields.isNull("b"), fields.isNull("c"))))
                .isEqualTo(new Read<>(List.of(true, false, false)));
    }
}
