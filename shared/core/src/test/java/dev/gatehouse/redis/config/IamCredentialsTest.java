// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.aws.AwsIdentity;
import dev.gatehouse.redis.config.IamCredentials.Kind;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares tokens with those of Amazon's own client. */
class IamCredentialsTest {

    private static final String SESSION = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQW=";
    private static final Instant AT = Instant.parse("2015-08-30T12:36:00Z");

    @ParameterizedTest
    @CsvSource({
        "SERVERLESS,, 84301935151a9f4b53cb94bc76f6966f1b393a6d2b7cfa66b439f2baafb80210",
        "REPLICATION_GROUP,, 05a7a3db51b97e9d2fd8c1eae72f5a4549defb5c076ff8b6881db96bc9a6b8a0",
        "SERVERLESS, " + SESSION + ", 0389a7508046b493844abfc999a2c7748c52349843d2311d2dfaf2471b9d8e48",
        "REPLICATION_GROUP, " + SESSION + ", 358836773ec9a1048eaf41902949f2f9c2062bb1f8654633baf0f254cd6ca636",
    })
    void aTokenIsASignedRequestToConnect(Kind kind, @Nullable String session, String signature) {
        var environment = new HashMap<>(Map.of(
                "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE",
                "AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"));
        if (session != null) {
            environment.put("AWS_SESSION_TOKEN", session);
        }
        var credentials = new IamCredentials(
                AwsIdentity.of(environment), "eu-central-1", "Gatehouse-Prod", kind, "gatehouse", () -> AT);
        credentials.prepare().toCompletableFuture().join();

        var token = credentials.now().password();

        assertThat(token)
                .startsWith("gatehouse-prod/?Action=connect&")
                .contains("&User=gatehouse&")
                .contains("X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Feu-central-1%2Felasticache%2Faws4_request&")
                .contains("&X-Amz-Expires=900&")
                .endsWith("&X-Amz-Signature=" + signature);
        assertThat(token.contains("ResourceType=ServerlessCache")).isEqualTo(kind == Kind.SERVERLESS);
    }
}
