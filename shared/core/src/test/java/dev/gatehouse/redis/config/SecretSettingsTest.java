// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.redis.config.RedisSettings.Credentials;
import dev.gatehouse.redis.config.RedisSettings.Node;
import dev.gatehouse.testkit.lambda.AwsEndpointStub;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings with a URL from a secret, or with IAM tokens. */
class SecretSettingsTest {

    private final AwsEndpointStub aws = AwsEndpointStub.start();

    @AfterEach
    void close() {
        aws.close();
    }

    private Map<String, String> environment(String... namesAndValues) {
        var environment = new HashMap<>(Map.of(
                "AWS_ACCESS_KEY_ID", "AKID",
                "AWS_SECRET_ACCESS_KEY", "k3y",
                "AWS_REGION", "eu-central-1",
                "AWS_ENDPOINT_URL", aws.url()));
        for (var i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return environment;
    }

    private RedisSettings fromSecret(String... namesAndValues) {
        var environment = environment(namesAndValues);
        environment.put("REDIS_SECRET_ARN", "arn:aws:secretsmanager:eu-central-1:111122223333:secret:redis-AbCdEf");
        return RedisSettings.fromEnvironment(environment);
    }

    private RedisSettings withToken(String... namesAndValues) {
        var environment = environment(
                "REDIS_HOST", "cache.example",
                "REDIS_SSL", "true",
                "REDIS_USERNAME", "gatehouse",
                "REDIS_IAM_CACHE", "gatehouse-prod");
        for (var i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return RedisSettings.fromEnvironment(environment);
    }

    @Test
    void readsTheUrlOfASecret() {
        aws.respondWithSecret("rediss://app:s3cret@cache.example:6380/2");
        var settings = fromSecret();

        assertThat(settings.nodes()).containsExactly(new Node("cache.example", 6380));
        assertThat(settings.credentials()).isInstanceOf(SecretUrl.class);
        assertThat(settings.credentials().now()).isEqualTo(new Credentials("app", "s3cret"));
        assertThat(settings.database()).isEqualTo(2);
        assertThat(settings.tls()).isNotNull();
        assertThat(settings).hasToString("rediss://app:***@cache.example:6380/2");
    }

    @Test
    void acceptsASecretUrlWithoutPassword() {
        aws.respondWithSecret("{\"url\":\"redis://cache.example\"}");
        assertThat(fromSecret()).isEqualTo(RedisSettings.of("cache.example", 6379));
    }

    @Test
    void doesNotReadASecretWhileRedisIsDisabled() {
        assertThat(fromSecret("ENABLE_REDIS", "false").enabled()).isFalse();
        assertThat(aws.requests()).isEmpty();
    }

    @Test
    void reportsWhyTheSecretCannotBeRead() {
        aws.respond(400, "{\"__type\":\"AccessDeniedException\",\"Message\":\"s3cret\"}");
        assertThatThrownBy(this::fromSecret)
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("REDIS_SECRET_ARN names a secret that cannot be read:"
                        + " Secrets Manager replied with AccessDeniedException");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret", "http://s3cret@h", "redis://s3cret@h", "redis://u:s3cret@h:0"})
    void rejectsAMalformedUrlInASecretWithoutShowingIt(String text) {
        aws.respondWithSecret(text);
        assertThatThrownBy(this::fromSecret)
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith("the secret in REDIS_SECRET_ARN ")
                .message()
                .doesNotContain("s3cret")
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @CsvSource({
        "REDIS_URL,redis://other,REDIS_SECRET_ARN contradicts REDIS_URL",
        "REDIS_HOST,other,REDIS_HOST contradicts the URL in REDIS_SECRET_ARN",
        "REDIS_PORT,6380,REDIS_PORT contradicts the URL in REDIS_SECRET_ARN",
        "REDIS_SSL,true,REDIS_SSL contradicts",
        "REDIS_PASSWORD,other,REDIS_PASSWORD contradicts",
    })
    void rejectsSettingsThatContradictTheSecret(String name, String value, String message) {
        aws.respondWithSecret("redis://:s3cret@cache.example");
        assertThatThrownBy(() -> fromSecret(name, value))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void rejectsAMalformedArnWithoutShowingIt() {
        assertThatThrownBy(() -> RedisSettings.fromEnvironment(environment("REDIS_SECRET_ARN", "rediss://:s3cret@h")))
                .hasMessage("REDIS_SECRET_ARN must be the ARN of a Secrets Manager secret");
    }

    @Test
    void signsATokenForEachConnection() {
        var settings = withToken();
        assertThat(settings.credentials()).isInstanceOf(IamCredentials.class);
        assertThat(settings).hasToString("rediss://gatehouse:***@cache.example:6379/0");
        assertThat(aws.requests()).as("requests before the first connection").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "REDIS_SSL,false,REDIS_IAM_CACHE needs TLS",
        "REDIS_USERNAME,'',REDIS_IAM_CACHE needs the cache's user",
        "REDIS_USERNAME,'a b',REDIS_IAM_CACHE needs the cache's user",
        "REDIS_PASSWORD,s3cret,REDIS_IAM_CACHE contradicts the password",
        "AWS_REGION,'',REDIS_IAM_CACHE needs AWS_REGION",
        "REDIS_IAM_CACHE_KIND,node,REDIS_IAM_CACHE_KIND must be serverless or replication-group",
    })
    void rejectsAnUnusableIamConfiguration(String name, String value, String message) {
        assertThatThrownBy(() -> withToken(name, value))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith(message)
                .message()
                .doesNotContain("s3cret");
    }
}
