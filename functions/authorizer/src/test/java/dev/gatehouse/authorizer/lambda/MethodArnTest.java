package dev.gatehouse.authorizer.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MethodArnTest {

    private static final String STAGE = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3/live";

    @ParameterizedTest
    @ValueSource(strings = {"/GET/orders", "/GET/", "/GET/a\nb", "/GET/a\r\nb", "/GET/a\u2028b", "/GET/a\u0085b"})
    void theStageIsReadWhateverThePathContains(String path) {
        assertThat(MethodArn.parse(STAGE + path)).isEqualTo(new MethodArn(STAGE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "arn:aws:execute-api", "arn:aws:s3:::bucket/live/GET/", "arn:aws:execute-api:r:a:api/*/GET/"
            })
    void anythingElseIsNoArn(String text) {
        assertThat(MethodArn.parse(text)).isNull();
    }
}
