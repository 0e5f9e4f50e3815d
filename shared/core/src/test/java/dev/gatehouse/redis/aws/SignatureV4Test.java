// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares signatures with those that AWS has published, and with those of its own client. */
class SignatureV4Test {

    private static final AwsCredentials EXAMPLE =
            new AwsCredentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null, null);
    private static final Instant AT = Instant.parse("2015-08-30T12:36:00Z");

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "get-vanilla, /, 5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        "get-vanilla-query-order-key-case, /?Param2=value2&Param1=value1,"
                + " b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        "get-vanilla-utf8-query, /?ሴ=bar, 2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
    })
    void signsTheRequestsOfAmazonsTestSuite(String name, String path, String signature) {
        var headers = new SignatureV4(EXAMPLE, "us-east-1", "service", AT)
                .headers("GET", URI.create("https://example.amazonaws.com" + path), Map.of(), new byte[0]);

        assertThat(headers)
                .containsEntry("X-Amz-Date", "20150830T123600Z")
                .containsEntry(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
                                + " SignedHeaders=host;x-amz-date, Signature=" + signature);
    }

    @Test
    void signsTheRequestOfAmazonsGuide() {
        var headers = new SignatureV4(EXAMPLE, "us-east-1", "iam", AT)
                .headers(
                        "GET",
                        URI.create("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08"),
                        Map.of("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
                        new byte[0]);

        assertThat(headers.get("Authorization"))
                .endsWith("SignedHeaders=content-type;host;x-amz-date,"
                        + " Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
    }

    @Test
    void signsTheUrlOfAmazonsGuide() {
        var credentials =
                new AwsCredentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null, null);
        var url = new SignatureV4(credentials, "us-east-1", "s3", Instant.parse("2013-05-24T00:00:00Z"))
                .presigned(
                        "GET",
                        URI.create("https://examplebucket.s3.amazonaws.com/test.txt"),
                        Duration.ofDays(1),
                        "UNSIGNED-PAYLOAD");

        assertThat(url)
                .isEqualTo("https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
                        + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                        + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                        + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
    }

    @Test
    void signsABodyAndASessionTokenAsAmazonsClientDoes() {
        var temporary = new AwsCredentials("AKIDEXAMPLE", EXAMPLE.secretAccessKey(), "token/with+signs=", null);
        var headers = new SignatureV4(temporary, "eu-central-1", "secretsmanager", AT)
                .headers(
                        "POST",
                        URI.create("https://secretsmanager.eu-central-1.amazonaws.com/"),
                        Map.of(
                                "Content-Type", "application/x-amz-json-1.1",
                                "X-Amz-Target", "secretsmanager.GetSecretValue"),
                        "{\"SecretId\":\"x\"}".getBytes(StandardCharsets.UTF_8));

        assertThat(headers).containsEntry("X-Amz-Security-Token", "token/with+signs=");
        assertThat(headers.get("Authorization"))
                .endsWith("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target,"
                        + " Signature=d8a6d77bd24b1427ebc3e63bd0e5f7b8865f88a31b16abdeb71e4943c35454c9");
    }

    @Test
    void signsAnEncodedPathAsAmazonsClientDoes() {
        var identity = AwsIdentity.of(
                Map.of("AWS_ACCESS_KEY_ID", EXAMPLE.accessKeyId(), "AWS_SECRET_ACCESS_KEY", EXAMPLE.secretAccessKey()));
        identity.refresh();
        var headers = identity.signed(
                "eu-central-1",
                "execute-api",
                "POST",
                URI.create(
                        "https://abcdef123.execute-api.eu-central-1.amazonaws.com/live/%40connections/L0SM9cOFvHcCIhw%3D"),
                Map.of("Content-Type", "application/json"),
                "{\"on\":\"pong\"}".getBytes(StandardCharsets.UTF_8),
                AT);

        assertThat(headers.get("Authorization"))
                .endsWith("SignedHeaders=content-type;host;x-amz-date,"
                        + " Signature=9aacc1f8b72b7fd5394437e961ffb463f81391701cdb0200471bc0d3d6119c4c");
    }

    @Test
    void credentialsShowNoSecret() {
        assertThat(new AwsCredentials("AKIDEXAMPLE", "secret", "token", null).toString())
                .isEqualTo("AKIDEXAMPLE:***");
    }
}
