// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.aws.AwsIdentity;
import dev.gatehouse.redis.config.IamCredentials.Kind;
import dev.gatehouse.redis.config.RedisSettings.ClockSource;
import dev.gatehouse.redis.config.RedisSettings.Credentials;
import dev.gatehouse.redis.config.RedisSettings.Node;
import dev.gatehouse.redis.config.RedisSettings.Timeouts;
import dev.gatehouse.testkit.lambda.AwsEndpointStub;
import dev.gatehouse.testkit.logs.LogCapture;
import dev.gatehouse.testkit.redis.RedisCluster;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rotated passwords and expiring tokens, against a real Redis. */
class FreshCredentialsTest {

    private static final Timeouts PATIENT = new Timeouts(
            Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ZERO);
    private static final String ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:redis-AbCdEf";
    private static final Map<String, String> KEYS = Map.of("AWS_ACCESS_KEY_ID", "AKID", "AWS_SECRET_ACCESS_KEY", "k3y");
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private static LinkProbe to(Node node, @Nullable CredentialsSource source) {
        return new LinkProbe(new RedisSettings(true, List.of(node), false, source, 0, null, ClockSource.AUTO, PATIENT));
    }

    private static Node node(RedisProcess redis) {
        return new Node(redis.host(), redis.port());
    }

    private static SecretUrl secretAt(AwsEndpointStub aws) {
        var environment = new HashMap<>(KEYS);
        environment.put("AWS_ENDPOINT_URL", aws.url());
        return new SecretUrl("REDIS_SECRET_ARN", ARN, environment);
    }

    private static IamCredentials credentials(AtomicReference<Instant> now) {
        return new IamCredentials(
                AwsIdentity.of(KEYS), "eu-central-1", "gatehouse", Kind.SERVERLESS, "gatehouse", now::get);
    }

    private static String tokenAt(Instant moment) {
        var credentials = credentials(new AtomicReference<>(moment));
        credentials.prepare().toCompletableFuture().join();
        return credentials.now().password();
    }

    @Test
    void readsAChangedPasswordFromTheSecretAfterARejection() {
        try (var aws = AwsEndpointStub.start();
                var redis =
                        RedisProcess.setup().user("app", "first", "~* +@all").start()) {
            aws.respondWithSecret("redis://app:second@" + node(redis));
            var source = secretAt(aws).supplying(new Credentials("app", "first"), Duration.ofMinutes(1));
            try (var probe = to(node(redis), source)) {
                assertThat(probe.count("k")).isInstanceOf(Answered.class);
                assertThat(aws.requests())
                        .as("reads while the password is right")
                        .isEmpty();

                redis.cli("ACL", "SETUSER", "app", "resetpass", ">second");
                redis.cli("CLIENT", "KILL", "USER", "app");
                Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> probe.count("k") instanceof Answered);
                assertThat(aws.requests()).hasSize(1);
                assertThat(probe.lost).as("outages").doesNotContain("the user or password is wrong");
            }
        }
    }

    @Test
    void readsTheSecretRarelyWhileThePasswordStaysWrong() {
        try (var aws = AwsEndpointStub.start();
                var log = LogCapture.record();
                var redis =
                        RedisProcess.setup().user("app", "first", "~* +@all").start()) {
            aws.respondWithSecret("redis://app:w4ong@" + node(redis));
            var source = secretAt(aws).supplying(new Credentials("app", "w3ong"), Duration.ofMinutes(1));
            try (var probe = to(node(redis), source)) {
                for (var attempt = 0; attempt < 3; attempt++) {
                    assertThat(probe.count("k")).isNotInstanceOf(Answered.class);
                }
                assertThat(aws.requests()).hasSize(1);
                assertThat(probe.lost).containsExactly("the user or password is wrong");
                assertThat(log.text()).doesNotContain("w3ong", "w4ong");
            }
        }
    }

    @Test
    void signsANewTokenForEachConnection() {
        var now = new AtomicReference<>(NOON);
        try (var log = LogCapture.record();
                var redis = RedisProcess.setup()
                        .user("gatehouse", tokenAt(NOON), "~* +@all")
                        .start();
                var probe = to(node(redis), credentials(now))) {
            assertThat(probe.count("k")).isInstanceOf(Answered.class);

            var later = NOON.plus(Duration.ofHours(12));
            assertThat(tokenAt(later)).isNotEqualTo(tokenAt(NOON));
            redis.cli("ACL", "SETUSER", "gatehouse", "resetpass", ">" + tokenAt(later));
            now.set(later);
            redis.cli("CLIENT", "KILL", "USER", "gatehouse");
            Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> probe.count("k") instanceof Answered);
            assertThat(log.text()).doesNotContain("X-Amz-Signature");
        }
    }

    @Test
    void signsTokensForTheNodesOfACluster() {
        try (var cluster = RedisCluster.start()) {
            var token = tokenAt(NOON);
            cluster.nodes().forEach(node -> node.cli("ACL", "SETUSER", "gatehouse", "on", ">" + token, "~*", "+@all"));
            cluster.nodes().forEach(node -> node.cli("ACL", "SETUSER", "default", "off"));
            var settings = new RedisSettings(
                    true,
                    List.of(node(cluster.nodes().getFirst())),
                    true,
                    credentials(new AtomicReference<>(NOON)),
                    0,
                    null,
                    ClockSource.AUTO,
                    PATIENT);
            try (var probe = new LinkProbe(settings)) {
                for (var key = 0; key < 20; key++) {
                    assertThat(probe.count("k" + key)).isInstanceOf(Answered.class);
                }
            }
        }
    }

    @Test
    void reportsMissingAwsCredentials() {
        var credentials = new IamCredentials(
                AwsIdentity.of(Map.of()), "eu-central-1", "gatehouse", Kind.SERVERLESS, "gatehouse", Instant::now);
        try (var redis = RedisProcess.start();
                var probe = to(node(redis), credentials)) {
            assertThat(probe.count("k")).isNotInstanceOf(Answered.class);
            assertThat(probe.lost)
                    .singleElement()
                    .asString()
                    .startsWith("no IAM token can be signed: there are no AWS");
        }
    }
}
