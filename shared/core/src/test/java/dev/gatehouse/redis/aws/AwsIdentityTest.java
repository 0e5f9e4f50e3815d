// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testkit.lambda.AwsEndpointStub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AwsIdentityTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private static String keys(String name, String expiration) {
        return """
                {"AccessKeyId":"%s","SecretAccessKey":"s3cret","Token":"t0ken","Expiration":"%s"}""".formatted(name, expiration);
    }

    @Test
    void readsCredentialsFromTheEnvironment() {
        var identity = AwsIdentity.of(
                Map.of("AWS_ACCESS_KEY_ID", "AKID", "AWS_SECRET_ACCESS_KEY", "s3cret", "AWS_SESSION_TOKEN", "t0ken"));
        identity.refresh();
        assertThat(identity.credentials()).isEqualTo(new AwsCredentials("AKID", "s3cret", "t0ken", null));
        assertThat(identity.isStale()).isFalse();
    }

    @Test
    void fallsBackToTheContainerEndpoint() {
        try (var endpoint = AwsEndpointStub.start()) {
            endpoint.respond(200, keys("AKID", "2026-11-21T18:00:00Z"));
            var identity = AwsIdentity.of(Map.of(
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                    endpoint.url() + "/credentials",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                    "let-me-in"));
            identity.refresh();

            assertThat(identity.credentials())
                    .isEqualTo(new AwsCredentials("AKID", "s3cret", "t0ken", Instant.parse("2026-11-21T18:00:00Z")));
            assertThat(endpoint.requests().getFirst().headers()).containsEntry("authorization", "let-me-in");
        }
    }

    @Test
    void readsTheTokenFileEachTime(@TempDir Path folder) throws Exception {
        try (var endpoint = AwsEndpointStub.start()) {
            var file = Files.writeString(folder.resolve("token"), "first\n");
            endpoint.respond(200, keys("AKID", NOON.plusSeconds(60).toString()));
            var identity = new AwsIdentity(
                    Map.of(
                            "AWS_CONTAINER_CREDENTIALS_FULL_URI", endpoint.url(),
                            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.toString()),
                    () -> NOON);
            identity.refresh();
            Files.writeString(file, "second\n");
            identity.refresh();

            assertThat(endpoint.requests())
                    .extracting(request -> request.headers().get("authorization"))
                    .containsExactly("first", "second");
        }
    }

    @Test
    void refreshesCredentialsShortlyBeforeTheyExpire() {
        try (var endpoint = AwsEndpointStub.start()) {
            var now = new AtomicReference<>(NOON);
            var identity = new AwsIdentity(Map.of("AWS_CONTAINER_CREDENTIALS_FULL_URI", endpoint.url()), now::get);
            endpoint.respond(200, keys("FIRST", "2026-11-21T13:00:00Z"));
            identity.refresh();
            identity.refresh();
            assertThat(endpoint.requests()).hasSize(1);

            endpoint.respond(200, keys("SECOND", "2026-11-21T14:00:00Z"));
            now.set(NOON.plus(Duration.ofMinutes(56)));
            assertThat(identity.isStale()).isTrue();
            identity.refresh();
            assertThat(identity.credentials().accessKeyId()).isEqualTo("SECOND");
        }
    }

    @Test
    void keepsUnexpiredCredentialsWhenARefreshFails() {
        try (var endpoint = AwsEndpointStub.start()) {
            var now = new AtomicReference<>(NOON);
            var identity = new AwsIdentity(Map.of("AWS_CONTAINER_CREDENTIALS_FULL_URI", endpoint.url()), now::get);
            endpoint.respond(200, keys("FIRST", "2026-11-21T13:00:00Z"));
            identity.refresh();

            endpoint.respond(503, "");
            now.set(NOON.plus(Duration.ofMinutes(58)));
            identity.refresh();
            assertThat(identity.credentials().accessKeyId()).isEqualTo("FIRST");

            now.set(NOON.plus(Duration.ofMinutes(61)));
            assertThatThrownBy(identity::refresh)
                    .isInstanceOf(AwsFailure.class)
                    .hasMessage("the endpoint of the AWS credentials replied with 503 without any");
        }
    }

    @Test
    void acceptsAnEndpointWithoutTlsOnThisMachineOnly() {
        var identity = AwsIdentity.of(Map.of("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://keys.example/credentials"));
        assertThatThrownBy(identity::refresh)
                .hasMessage("AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor on this machine");
    }

    @Test
    void reportsMissingCredentials() {
        assertThatThrownBy(AwsIdentity.of(Map.of())::refresh)
                .isInstanceOf(AwsFailure.class)
                .hasMessageStartingWith("there are no AWS credentials: ");
    }
}
