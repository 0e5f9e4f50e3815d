package dev.gatehouse.authorizer.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.lambda.EventJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {

    @ParameterizedTest
    @ValueSource(strings = {"Authorization", "authorization", "AUTHORIZATION", "aUtHoRiZaTiOn"})
    void aNameIsMatchedWithoutRegardToCase(String name) {
        assertThat(values("{'headers':{'%s':'x'}}".formatted(name))).containsExactly("x");
        assertThat(values("{'multiValueHeaders':{'%s':['x','y']}}".formatted(name)))
                .containsExactly("x", "y");
    }

    @Test
    void allValuesAreFoundWhereThereAreSeveral() {
        assertThat(values("{'headers':{'Authorization':'y'},'multiValueHeaders':{'Authorization':['x','y']}}"))
                .containsExactly("x", "y");
        assertThat(values("{'multiValueHeaders':{'Authorization':['x'],'authorization':['y']}}"))
                .containsExactly("x", "y");
        assertThat(values("{'headers':{'Authorization':'x','authorization':'y'}}"))
                .containsExactly("x", "y");
        assertThat(values("{'headers':{'Authorization':'x'},'multiValueHeaders':{'Accept':['y']}}"))
                .containsExactly("x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'headers':null,'multiValueHeaders':null}",
                "{'headers':'x','multiValueHeaders':7}",
                "{'headers':[],'multiValueHeaders':true}",
                "{'headers':{'authorization':7},'multiValueHeaders':{'authorization':[7,null,{},[]]}}",
                "{'headers':{'authorization':null},'multiValueHeaders':{'authorization':null}}"
            })
    void whatIsMissingOrOfAnotherTypeIsNone(String event) {
        assertThat(values(event)).isEmpty();
    }

    private static List<String> values(String event) {
        var json = EventJson.read(event.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        assertThat(json).as("the test's own JSON").isNotNull();
        return Headers.of(json).values("Authorization");
    }
}
