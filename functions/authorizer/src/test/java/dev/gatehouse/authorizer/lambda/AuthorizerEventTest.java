// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizer.lambda.AuthorizerEvent.Malformed;
import dev.gatehouse.authorizer.lambda.AuthorizerEvent.Request;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizerEventTest {

    private static final String STAGE = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3/live";

    @ParameterizedTest
    @ValueSource(strings = {"Authorization", "authorization", "AUTHORIZATION", "aUtHoRiZaTiOn"})
    void matchesHeaderNamesWithoutRegardToCase(String name) {
        assertThat(authorization("'headers':{'%s':'x'}".formatted(name))).containsExactly("x");
        assertThat(authorization("'multiValueHeaders':{'%s':['x','y']}".formatted(name)))
                .containsExactly("x", "y");
    }

    @Test
    void returnsAllValuesOfAHeader() {
        assertThat(authorization("'headers':{'Authorization':'y'},'multiValueHeaders':{'Authorization':['x','y']}"))
                .containsExactly("x", "y");
        assertThat(authorization("'multiValueHeaders':{'Authorization':['x'],'authorization':['y']}"))
                .containsExactly("x", "y");
        assertThat(authorization("'headers':{'Authorization':'x','authorization':'y'}"))
                .containsExactly("x", "y");
        assertThat(authorization("'headers':{'Authorization':'x'},'multiValueHeaders':{'Accept':['y']}"))
                .containsExactly("x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'other':1",
                "'headers':null,'multiValueHeaders':null",
                "'headers':'x','multiValueHeaders':7",
                "'headers':[],'multiValueHeaders':true",
                "'headers':{'authorization':7},'multiValueHeaders':{'authorization':[7,null,{},[]]}",
                "'headers':{'authorization':null},'multiValueHeaders':{'authorization':null}"
            })
    void ignoresMissingAndMistypedHeaders(String members) {
        assertThat(authorization(members)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/GET/orders", "/GET/", "/GET/a\\nb", "/GET/a\\r\\nb", "/GET/a\u2028b", "/GET/a\u0085b"})
    void readsTheStageBeforeAnyPath(String path) {
        assertThat(withArn(STAGE + path))
                .isInstanceOfSatisfying(
                        Request.class, request -> assertThat(request.resource()).isEqualTo(STAGE + "/*"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "arn:aws:execute-api", "arn:aws:s3:::bucket/live/GET/", "arn:aws:execute-api:r:a:api/*/GET/"
            })
    void rejectsAnythingElseThanTheArnOfAMethod(String arn) {
        assertThat(withArn(arn))
                .isEqualTo(new Malformed(ResponseFormat.POLICY_OR_FAILURE, null, "its methodArn is none"));
    }

    private static List<String> authorization(String members) {
        var event = read("{'version':'2.0','type':'REQUEST','requestContext':{'http':{'sourceIp':'192.0.2.1'}},%s}"
                .formatted(members));
        assertThat(event).isInstanceOf(Request.class);
        return ((Request) event).request().headers().apply("Authorization");
    }

    private static AuthorizerEvent withArn(String arn) {
        return read("{'type':'REQUEST','methodArn':'%s','requestContext':{'identity':{'sourceIp':'192.0.2.1'}}}"
                .formatted(arn));
    }

    private static AuthorizerEvent read(String event) {
        return AuthorizerEvent.read(event.replace('\'', '"').getBytes(StandardCharsets.UTF_8), new EventPath(""));
    }
}
