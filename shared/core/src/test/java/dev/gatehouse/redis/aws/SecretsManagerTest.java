// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testkit.lambda.AwsEndpointStub;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsManagerTest {

    private static final String ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:gatehouse/redis-AbCdEf";
    private static final String URL = "rediss://app:s3cret@cache.example:6380";

    private final AwsEndpointStub aws = AwsEndpointStub.start();
    private final SecretsManager secrets = secretsAt(aws.url());

    private static SecretsManager secretsAt(String endpoint) {
        var environment = Map.of(
                "AWS_ACCESS_KEY_ID", "AKID",
                "AWS_SECRET_ACCESS_KEY", "k3y",
                "AWS_SESSION_TOKEN", "t0ken",
                "AWS_ENDPOINT_URL_SECRETS_MANAGER", endpoint);
        return SecretsManager.of(AwsIdentity.of(environment), environment);
    }

    @AfterEach
    void close() {
        aws.close();
    }

    @Test
    void sendsASignedRequest() {
        aws.respondWithSecret(URL);
        assertThat(secrets.text(ARN, "url")).isEqualTo(URL);

        var request = aws.requests().getFirst();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.body()).isEqualTo("{\"SecretId\":\"" + ARN + "\"}");
        assertThat(request.headers())
                .containsEntry("x-amz-target", "secretsmanager.GetSecretValue")
                .containsEntry("content-type", "application/x-amz-json-1.1")
                .containsEntry("x-amz-security-token", "t0ken");
        assertThat(request.headers().get("authorization"))
                .matches("AWS4-HMAC-SHA256 Credential=AKID/\\d{8}/eu-central-1/secretsmanager/aws4_request,"
                        + " SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target,"
                        + " Signature=[0-9a-f]{64}");
    }

    @Test
    void returnsAMemberOfJson() {
        aws.respondWithSecret("{\"name\":{\"url\":1},\"url\":\" " + URL + "\"}");
        assertThat(secrets.text(ARN, "url")).isEqualTo(URL);
    }

    @Test
    void reportsAMissingMember() {
        aws.respondWithSecret("{\"password\":\"s3cret\"}");
        assertThatThrownBy(() -> secrets.text(ARN, "url")).hasMessage("the secret is JSON without a member url");
    }

    @ParameterizedTest
    @CsvSource({
        "400, AccessDeniedException, AccessDeniedException",
        "400, com.amazonaws.secretsmanager#ResourceNotFoundException, ResourceNotFoundException",
        "403, <s3cret>, status 403",
    })
    void reportsOnlyTheNameOfAnAwsError(int status, String type, String reason) {
        aws.respond(status, "{\"__type\":\"" + type + "\",\"Message\":\"user s3cret may not\"}");
        assertThatThrownBy(() -> secrets.text(ARN, "url"))
                .isInstanceOf(AwsFailure.class)
                .hasMessage("Secrets Manager replied with " + reason);
        assertThat(aws.requests()).as("requests without a retry").hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"500, InternalServiceError", "400, ThrottlingException", "503, ''"})
    void retriesAPassingFailure(int status, String type) {
        aws.respondOnce(status, "{\"__type\":\"" + type + "\"}");
        aws.respondWithSecret(URL);
        assertThat(secrets.text(ARN, "url")).isEqualTo(URL);
    }

    @Test
    void retriesOnlyOnce() {
        aws.respond(500, "");
        assertThatThrownBy(() -> secrets.text(ARN, "url")).hasMessage("Secrets Manager replied with status 500");
        assertThat(aws.requests()).hasSize(2);
    }

    @Test
    void reportsAnUnreachableEndpoint() {
        aws.close();
        assertThatThrownBy(() -> secrets.text(ARN, "url")).hasMessage("Secrets Manager cannot be reached");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"SecretBinary\":\"czNjcmV0\"}", "[]", "no JSON", ""})
    void rejectsAResponseWithoutText(String body) {
        aws.respond(200, body);
        assertThatThrownBy(() -> secrets.text(ARN, "url")).hasMessage("Secrets Manager has no text for that secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "redis", URL, "arn:aws:s3:::bucket", ARN + "\"}", "arn:aws:secretsmanager:eu:1:secret:x"})
    void recognizesAnArn(String other) {
        assertThat(SecretsManager.isArn(ARN)).isTrue();
        assertThat(SecretsManager.isArn(other)).isFalse();
    }
}
