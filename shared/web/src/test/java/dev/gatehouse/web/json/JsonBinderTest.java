// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.redis.HashTag;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBinderTest {

    enum Direction {
        UP,
        STRAIGHT_ON
    }

    @JsonRecord
    record Point(
            String name,
            long x,
            @Bindable(defaultValue = "7") long y,
            @Bindable(defaultValue = "straight-on") Direction direction) {}

    @JsonRecord
    record Bounds(
            @Nullable @Min(1) @Max(9) Long between,
            @Nullable @Max(9) Integer most,
            @Nullable @Size(min = 1, max = 2) String text,
            @Nullable @Size(max = 2) List<String> list,

            @Nullable @Pattern(regexp = "[a-z]+", message = "must be lower case")
            String word) {}

    @JsonRecord
    record Drawing(
            @Bindable(defaultValue = "true") boolean visible,
            Point origin,
            @Nullable List<Point> points,
            @Nullable Map<String, String> labels,
            @Nullable Map<String, JsonValue> any,
            @Nullable JsonValue value) {}

    @JsonRecord
    record Range(long from, @Nullable Long to) implements Validatable {

        @Override
        public void validate(ViolationCollector violations) {
            if (to == null) {
                violations.add("to", "is missing");
            } else if (from > to) {
                violations.add("from", "must not be after to");
            }
        }
    }

    @JsonRecord
    record Named(String name, @JsonUnwrapped Range range) {}

    sealed interface Shape permits Circle, Dot {}

    @JsonRecord
    record Circle(long radius, @Nullable Long x) implements Shape {}

    @JsonRecord
    record Dot(@Nullable Long x) implements Shape {}

    @JsonRecord
    record Unsupported(@NotBlank String name) {}

    private static <T> T bind(Class<T> type, String json) {
        return JsonBinder.bind(type, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static List<Violation> violations(Class<?> type, String json) {
        return catchThrowableOfType(InvalidRequest.class, () -> bind(type, json))
                .violations();
    }

    private static List<Violation> violations(String json) {
        return violations(Point.class, json);
    }

    @Test
    void bindsTheFirstFormWithARequiredMemberOfTheBody() {
        assertThat(bind(Shape.class, "{'radius':1,'x':2}")).isEqualTo(new Circle(1, 2L));
        assertThat(bind(Shape.class, "{'x':2}")).isEqualTo(new Dot(2L));
        assertThat(bind(Shape.class, "{}")).isEqualTo(new Dot(null));
        assertThat(violations(Shape.class, "{'radius':1,'y':2}"))
                .containsExactly(new Violation("y", "is not a known property"));
        assertThat(violations(Shape.class, "[]")).containsExactly(new Violation("body", "must be an object"));
    }

    @Test
    void aValidBodyIsBound() {
        assertThat(bind(Point.class, "{'name':'é','x':-0,'direction':'up'}"))
                .isEqualTo(new Point("é", 0, 7, Direction.UP));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{ 'a' : 1.0,\n 'b': [ ] , 'c':{'d':'\\u00e9\\/'} }",
                "{'é😀':'é😀'}",
                "[]",
                "[ 1.0,\n[ ], '\\u00e9\\/' ]",
                "''",
                "'é😀'",
                "'\\u00e9\\/ \\ud83d\\ude00\\n'",
                "1e400",
                "-0",
                "true",
                "null"
            })
    void aValueKeepsItsSource(String json) {
        for (var first : List.of("'name'", "'n\\u0061me'")) {
            var value = bind(Drawing.class, "{'origin': {" + first + ":'é😀','x':1}, 'value': " + json + " }")
                    .value();

            assertThat(value.sourceText()).isEqualTo(json.replace('\'', '"'));
        }
    }

    @Test
    void nullIsTheSameAsAbsent() {
        assertThat(bind(Point.class, "{'name':'n','x':1,'y':null,'direction':null}"))
                .isEqualTo(new Point("n", 1, 7, Direction.STRAIGHT_ON));
        assertThat(violations("{'name':null,'x':1}")).containsExactly(new Violation("name", "is missing"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"'5'", "5.0", "5.5", "5e0", "true", "[]", "{}", "''"})
    void onlyAWholeNumberIsANumber(String value) {
        assertThat(violations("{'name':'n','x':" + value + "}"))
                .containsExactly(new Violation("x", "must be a whole number"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "true", "[]", "{}", "1.5"})
    void onlyAStringIsText(String value) {
        assertThat(violations("{'name':" + value + ",'x':1}"))
                .containsExactly(new Violation("name", "must be a string"));
    }

    @ParameterizedTest
    @CsvSource({"true,true", "false,false", "null,true"})
    void aFlagIsTrueOrFalseOrItsDefault(String value, boolean bound) {
        var json = "{'visible':" + value + ",'origin':{'name':'n','x':1}}";

        assertThat(bind(Drawing.class, json).visible()).isEqualTo(bound);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'true'", "1", "0", "[]", "{}"})
    void onlyTrueAndFalseAreAFlag(String value) {
        assertThat(violations(Drawing.class, "{'visible':" + value + ",'origin':{'name':'n','x':1}}"))
                .containsExactly(new Violation("visible", "must be true or false"));
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, 9223372036854775807",
        "9223372036854775808, 9223372036854775807",
        "-9223372036854775809, -9223372036854775808",
        "99999999999999999999999999999999999999, 9223372036854775807"
    })
    void aNumberBeyondTheRangeIsClamped(String written, long bound) {
        assertThat(bind(Point.class, "{'name':'n','x':" + written + "}").x()).isEqualTo(bound);
    }

    @Test
    void allViolationsAreReportedAtOnce() {
        assertThat(violations("{'x':'1','y':[],'direction':'left','z':{'a':1}}"))
                .containsExactly(
                        new Violation("name", "is missing"),
                        new Violation("x", "must be a whole number"),
                        new Violation("y", "must be a whole number"),
                        new Violation("direction", "must be one of: straight-on, up"),
                        new Violation("z", "is not a known property"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'between':0 | between | must be 1 to 9",
                "'between':10 | between | must be 1 to 9",
                "'between':99999999999999999999 | between | must be 1 to 9",
                "'most':10 | most | must be at most 9",
                "'most':99999999999 | most | must be at most 9",
                "'text':'' | text | must have a length of 1 to 2",
                "'text':'abc' | text | must have a length of 1 to 2",
                "'list':['a','b','c'] | list | must have a length of 0 to 2",
                "'list':['a',null] | list[1] | must be a string",
                "'word':'A' | word | must be lower case",
            })
    void constraintsAreChecked(String member, String field, String message) {
        assertThat(violations(Bounds.class, "{" + member + "}")).containsExactly(new Violation(field, message));
    }

    @Test
    void valuesAtTheirBoundsAreValid() {
        assertThatCode(() -> bind(Bounds.class, "{'between':1,'most':-99,'text':'\uD83D\uDE00\uD83D\uDE00'}"))
                .doesNotThrowAnyException();
        assertThatCode(() -> bind(Bounds.class, "{'between':9,'list':[],'word':'a'}"))
                .doesNotThrowAnyException();
    }

    @Test
    void anUnsupportedConstraintFailsRatherThanBeIgnored() {
        assertThatThrownBy(() -> bind(Unsupported.class, "{'name':'n'}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NotBlank");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'name':'n','from':2,'to':1} | from",
                "{'from':'2'} | name from to",
                "{'name':'n','from':1,'to':'2'} | to",
                "{'name':'n','from':1,'to':2,'more':3} | more",
            })
    void rulesAcrossMembersAreCheckedWithTheOthers(String json, String fields) {
        assertThat(violations(Named.class, json))
                .extracting(Violation::field)
                .containsExactlyInAnyOrder(fields.split(" "));
    }

    @Test
    void anUnwrappedRecordTakesItsMembersFromTheSameObject() {
        assertThat(bind(Named.class, "{'name':'n','from':1,'to':2}")).isEqualTo(new Named("n", new Range(1, 2L)));
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
                "{\"name\":\"n\",\"x\":1} {} | body | continues",
                "{\"name\":\"n\",\"x\":NaN} | body | is not well-formed JSON",
                "{\"name\":\"n\",\"x\":01} | body | is not well-formed JSON",
                "{\"name\":n,\"x\":1} | body | is not well-formed JSON",
                "{\"name\":\"n\",\"x\":1,\"x\":1} | x | is given twice",
                "{\"name\":\"\\ud800\",\"x\":1} | name | has an unpaired surrogate",
                "{\"name\":\"n\",\"x\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]} | body | nests deeper",
            })
    void whatIsNotOneJsonObjectIsRejected(String body, String field, String message) {
        assertThat(violations(body)).first().satisfies(violation -> {
            assertThat(violation.field()).isEqualTo(field);
            assertThat(violation.message()).startsWith(message);
        });
    }

    @Test
    void aByteOrderMarkIsRejected() {
        assertThat(violations("\uFEFF{'name':'n','x':1}"))
                .containsExactly(new Violation("body", "begins with a byte order mark"));
    }

    @Test
    void invalidUtf8IsRejected() {
        var utf16 = "{\"name\":\"n\",\"x\":1}".getBytes(StandardCharsets.UTF_16);

        assertThat(catchThrowableOfType(InvalidRequest.class, () -> JsonBinder.bind(Point.class, utf16))
                        .violations())
                .containsExactly(new Violation("body", "is not valid UTF-8"));
    }

    @Test
    void anOverlongNameIsUnknownAndCut() {
        assertThat(violations("{'name':'n','x':1,'" + "k".repeat(200_000) + "':1}"))
                .containsExactly(new Violation("k".repeat(64) + "…", "is not a known property"));
    }

    @Test
    void anEmptyNameIsQuoted() {
        assertThat(violations("{'name':'n','x':1,'':1}"))
                .containsExactly(new Violation("\"\"", "is not a known property"));
        assertThat(violations("{'name':'n','x':1,'':1,'':1}")).contains(new Violation("\"\"", "is given twice"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\ud800",
                "a\\udc00",
                "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\uD83D\uDE00"
            })
    void noFieldOfAViolationHasAnUnpairedSurrogate(String name) {
        assertThat(violations("{'name':'n','x':1,'" + name + "':1}"))
                .isNotEmpty()
                .allSatisfy(violation ->
                        assertThat(HashTag.isWellFormed(violation.field())).isTrue());
    }

    @Test
    void atMostFiftyViolationsAreKept() {
        var many = new StringBuilder("{'name':'n','x':1");
        for (int i = 0; i < 1000; i++) {
            many.append(",'u").append(i).append("':1");
        }
        assertThat(violations(many.append('}').toString())).hasSize(50);
    }

    @Property
    void anyBytesAreBoundOrRejected(@ForAll byte[] bytes) {
        assertThatThrownBy(() -> JsonBinder.bind(Point.class, bytes)).isInstanceOf(InvalidRequest.class);
    }

    @Test
    void nestedRecordsListsAndMapsAreBound() {
        assertThat(bind(
                        Drawing.class,
                        "{'origin':{'name':'o','x':1},'points':[{'name':'p','x':2}],'labels':{'b':'1','a':'2'}}"))
                .isEqualTo(new Drawing(
                        true,
                        new Point("o", 1, 7, Direction.STRAIGHT_ON),
                        List.of(new Point("p", 2, 7, Direction.STRAIGHT_ON)),
                        Map.of("b", "1", "a", "2"),
                        null,
                        null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | origin",
                "{'origin':7} | origin",
                "{'origin':{'name':'n','more':1}} | origin.x origin.more",
                "{'origin':{'name':'n','x':1},'points':[{'name':'n'},7]} | points[0].x points[1]",
                "{'origin':{'name':'n','x':1},'labels':[]} | labels",
                "{'origin':{'name':'n','x':1},'labels':{'a':1,'b':null}} | labels.a labels.b",
                "{'origin':{'name':'n','x':1},'any':7} | any",
                "{'origin':{'name':'n','x':1},'any':{'a':{'b':1,'b':2}}} | any.a.b",
                "{'origin':{'name':'n','x':1},'any':{'a':['\\ud800']}} | any.a[0]",
                "{'origin':{'name':'n','x':1},'any':{'\\udc00':1}} | any.?",
            })
    void violationsCarryTheirPath(String json, String fields) {
        assertThat(violations(Drawing.class, json))
                .extracting(Violation::field)
                .containsExactlyInAnyOrder(fields.split(" "));
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
    void anyValueKeepsItsText(String value) {
        var bound =
                bind(Drawing.class, "{'origin':{'name':'n','x':1},'any':{'a':" + value + "},'value':" + value + "}");

        assertThat(bound.any().get("a").text()).isEqualTo(value);
        assertThat(bound.value().text()).isEqualTo(value);
    }
}
