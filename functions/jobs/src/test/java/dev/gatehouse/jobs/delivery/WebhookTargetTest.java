// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.jobs.JobPayload;
import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.TakenJob;
import dev.gatehouse.jobs.drain.JobResult;
import dev.gatehouse.redis.config.InvalidSetting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Deliveries to a target on loopback, and their signatures. */
@Timeout(60)
class WebhookTargetTest {

    /** The example of Standard Webhooks. */
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static final String OTHER = "whsec_" + Base64.getEncoder().encodeToString(new byte[32]);
    private static final QueueName QUEUE = QueueName.of("mails");
    private static final Instant NOW = Instant.parse("2026-11-29T16:01:00Z");
    private static final Instant ENQUEUED = Instant.parse("2026-11-29T16:00:00.123456Z");
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    private final FakeTarget fake = new FakeTarget();
    private final WebhookTarget target = target(fake.url(), SECRET);

    private static WebhookTarget target(URI url, String secret) {
        return new WebhookTarget(url, WebhookSecret.parse("SECRET", secret), InstantSource.fixed(NOW));
    }

    private static TakenJob job(String id, int attempt, String payload) {
        return new TakenJob(
                id, JobPayload.of(payload), Optional.of("g"), attempt, "lease", NOW.plusSeconds(30), ENQUEUED);
    }

    @AfterEach
    void close() {
        target.close();
        fake.close();
    }

    @Test
    void signsAsTheStandardDefines() {
        assertThat(WebhookSecret.parse("SECRET", SECRET)
                        .signatures(
                                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                1614265330,
                                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void postsTheJobWithASignatureThatTheReceiverCanVerify() throws GeneralSecurityException {
        assertThat(target.deliver(QUEUE, job("a", 2, "{ \"to\": [1.0, \"\\u00e9\"] }"), LIMIT))
                .isEqualTo(JobResult.DONE);

        var request = fake.received().getFirst();
        assertThat(request.body())
                .isEqualTo("{\"queue\":\"mails\",\"id\":\"a\",\"group\":\"g\",\"attempt\":2,"
                        + "\"enqueuedAt\":\"2026-11-29T16:00:00.123456Z\",\"payload\":{ \"to\": [1.0, \"\\u00e9\"] }}");
        assertThat(request.header("Content-type")).isEqualTo("application/json");
        assertThat(request.header("Webhook-id")).matches("job_[A-Za-z0-9_-]{22}");
        assertThat(request.header("Webhook-timestamp")).isEqualTo(Long.toString(NOW.getEpochSecond()));
        assertThat(request.header("Webhook-signature")).isEqualTo("v1," + signature(SECRET, request));
    }

    /** Computes the signature by the text of the standard. */
    private static String signature(String secret, FakeTarget.Received request) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
        var signed = request.header("Webhook-id") + "." + request.header("Webhook-timestamp") + "." + request.body();
        return Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void theIdIsThatOfTheJobInEachAttempt() {
        target.deliver(QUEUE, job("a", 1, "1"), LIMIT);
        target.deliver(QUEUE, job("a", 2, "1"), LIMIT);
        target.deliver(QUEUE, job("b", 1, "1"), LIMIT);
        target.deliver(QueueName.of("other"), job("a", 1, "1"), LIMIT);

        var ids = fake.received().stream()
                .map(request -> request.header("Webhook-id"))
                .toList();
        assertThat(ids.get(1)).isEqualTo(ids.get(0));
        assertThat(ids.subList(1, 4)).doesNotHaveDuplicates();
    }

    @Test
    void duringARotationARequestHasASignatureOfEachSecret() throws GeneralSecurityException {
        try (var rotating = target(fake.url(), SECRET + " " + OTHER)) {
            rotating.deliver(QUEUE, job("a", 1, "1"), LIMIT);
        }

        var request = fake.received().getFirst();
        assertThat(request.header("Webhook-signature"))
                .isEqualTo("v1," + signature(SECRET, request) + " v1," + signature(OTHER, request));
    }

    @ParameterizedTest
    @CsvSource({"200,true", "201,true", "299,true", "300,false", "302,false", "400,false", "404,false", "500,false"})
    void onlyASuccessIsDone(int status, boolean isDone) {
        fake.reply("a", exchange -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.getResponseHeaders().set("Retry-After", "60");
            exchange.sendResponseHeaders(status, -1);
        });

        assertThat(target.deliver(QUEUE, job("a", 1, "1"), LIMIT))
                .isEqualTo(isDone ? JobResult.DONE : JobResult.retry("the target replied with " + status));
        assertThat(fake.received()).as("no redirect is followed").hasSize(1);
    }

    @Test
    void aJobThatTheTargetWillNeverDoIsDead() {
        fake.reply("a", FakeTarget.status(410));

        assertThat(target.deliver(QUEUE, job("a", 1, "1"), LIMIT))
                .isEqualTo(JobResult.dead("the target replied with 410"));
    }

    @ParameterizedTest
    @CsvSource({"503,60,60000", "429,0,0", "429,9999999,2592000000", "503,-1,", "503,soon,", "503,99999999,"})
    void theTargetMaySetTheTimeOfTheRetry(int status, String header, Long millis) {
        fake.reply("a", exchange -> {
            exchange.getResponseHeaders().set("Retry-After", header);
            exchange.sendResponseHeaders(status, -1);
        });

        assertThat(target.deliver(QUEUE, job("a", 1, "1"), LIMIT))
                .isEqualTo(new JobResult.Failed(
                        millis == null ? OptionalLong.empty() : OptionalLong.of(millis),
                        false,
                        "the target replied with " + status));
    }

    @Test
    void aTargetThatHangsFailsItsJobInTime() {
        fake.reply("a", fake.hanging());
        fake.reply("b", fake.endless(200));

        for (var id : new String[] {"a", "b"}) {
            assertThat(target.deliver(QUEUE, job(id, 1, "1"), SHORT))
                    .as(id)
                    .isEqualTo(JobResult.retry("the target did not reply in time"));
        }
        assertThat(target.deliver(QUEUE, job("c", 1, "1"), LIMIT)).isEqualTo(JobResult.DONE);
    }

    @Test
    void anOverlongReplyFails() {
        fake.reply("a", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[70_000]);
        });

        assertThat(target.deliver(QUEUE, job("a", 1, "1"), LIMIT))
                .isEqualTo(JobResult.retry("the target sent no valid reply"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"garbage\r\n\r\n", "HTTP/1.1 banana\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", ""
            })
    void aTargetThatRepliesGarbageFails(String reply) throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var broken = target(URI.create("http://127.0.0.1:" + socket.getLocalPort()), SECRET)) {
            Thread.startVirtualThread(() -> {
                try (var connection = socket.accept()) {
                    connection.getInputStream().read(new byte[10_000]);
                    connection.getOutputStream().write(reply.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException _) {
                    // The client has disconnected.
                }
            });

            assertThat(broken.deliver(QUEUE, job("a", 1, "1"), LIMIT))
                    .isEqualTo(JobResult.retry("the target sent no valid reply"));
        }
    }

    @Test
    void aTargetThatIsNotThereFails() throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        try (var absent = target(URI.create("http://127.0.0.1:" + port), SECRET)) {
            assertThat(absent.deliver(QUEUE, job("a", 1, "1"), LIMIT))
                    .isEqualTo(JobResult.retry("the target cannot be reached"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "secret",
                "whsec_",
                "whsec_c2hvcnQ=",
                "whsec_not base64",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw extra",
                SECRET + " " + SECRET + " " + SECRET
            })
    void aMalformedSecretIsRefusedWithoutItsText(String secret) {
        assertThatThrownBy(() -> WebhookSecret.parse("SECRET", secret))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith("SECRET must be whsec_")
                .hasMessageNotContaining("MfKQ");
        assertThat(WebhookSecret.parse("SECRET", SECRET)).hasToString("WebhookSecret[…]");
    }
}
