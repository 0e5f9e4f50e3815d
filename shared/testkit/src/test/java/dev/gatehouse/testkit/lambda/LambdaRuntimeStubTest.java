// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.lambda.LambdaRuntimeStub.Ending;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LambdaRuntimeStubTest {

    private static final Duration PATIENT = Duration.ofSeconds(30);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private LambdaRuntimeStub stub;

    @BeforeEach
    void start() {
        stub = LambdaRuntimeStub.start();
    }

    @AfterEach
    void close() {
        stub.close();
        http.close();
    }

    @Test
    void anEventReachesTheFunctionAndItsResponseComesBack() throws Exception {
        var before = Instant.now();
        var result = invokeInBackground("{\"é\":1}", PATIENT);

        var next = get("invocation/next");

        assertThat(next.statusCode()).isEqualTo(200);
        assertThat(next.body()).isEqualTo("{\"é\":1}");
        var headers = next.headers();
        var id = headers.firstValue("Lambda-Runtime-Aws-Request-Id").orElseThrow();
        assertThat(headers.firstValue("Lambda-Runtime-Invoked-Function-Arn"))
                .get()
                .asString()
                .startsWith("arn:aws:lambda:");
        assertThat(headers.firstValue("Lambda-Runtime-Trace-Id"))
                .get()
                .asString()
                .startsWith("Root=1-");
        var deadline = Instant.ofEpochMilli(
                headers.firstValueAsLong("Lambda-Runtime-Deadline-Ms").orElseThrow());
        assertThat(deadline)
                .isBetween(
                        before.plus(PATIENT).truncatedTo(ChronoUnit.MILLIS),
                        Instant.now().plus(PATIENT));

        assertThat(post("invocation/%s/response".formatted(id), "{\"ü\":2}").statusCode())
                .isEqualTo(202);

        assertThat(result.join().response()).isEqualTo("{\"ü\":2}");
        assertThat(result.join().requestId()).isEqualTo(id);
        assertThat(result.join().latencyNanos()).isPositive();
    }

    @Test
    void anErrorOfTheHandlerComesBackAsSuch() throws Exception {
        var result = invokeInBackground("{}", PATIENT);
        var id = get("invocation/next")
                .headers()
                .firstValue("Lambda-Runtime-Aws-Request-Id")
                .orElseThrow();

        post("invocation/%s/error".formatted(id), "{\"errorMessage\":\"no\"}");

        assertThat(result.join().ending()).isEqualTo(Ending.ERROR);
        assertThat(result.join().body()).isEqualTo("{\"errorMessage\":\"no\"}");
        assertThatThrownBy(() -> result.join().response()).hasMessageContaining("\"no\"");
    }

    @Test
    void aFailedStartEndsTheInvocationThatWaitsForIt() throws Exception {
        var result = invokeInBackground("{}", PATIENT);
        assertThat(stub.initError()).isEmpty();

        assertThat(post("init/error", "{\"errorType\":\"Class not found\"}").statusCode())
                .isEqualTo(202);

        assertThat(result.join().ending()).isEqualTo(Ending.ERROR);
        assertThat(stub.initError()).contains("{\"errorType\":\"Class not found\"}");
    }

    @Test
    void aFunctionThatIsTooSlowTimesOutAndItsLateResponseIsRefused() throws Exception {
        var next = http.sendAsync(HttpRequest.newBuilder(uri("invocation/next")).build(), BodyHandlers.ofString());
        await().until(stub::isAwaited); // The time that it is given to come would not be enough for a busy machine.
        var result = invokeInBackground("{}", Duration.ofMillis(200));
        var id = next.join()
                .headers()
                .firstValue("Lambda-Runtime-Aws-Request-Id")
                .orElseThrow();

        assertThat(result.join().ending()).isEqualTo(Ending.TIMEOUT);
        assertThat(post("invocation/%s/response".formatted(id), "{}").statusCode())
                .isEqualTo(400);
    }

    @Test
    void aFunctionThatExitsEndsTheInvocationUnderWayAndAllThatFollow() throws Exception {
        var result = invokeInBackground("{}", PATIENT);
        get("invocation/next");

        stub.functionExited();

        assertThat(result.join().ending()).isEqualTo(Ending.ERROR);
        assertThat(result.join().body()).contains("Runtime.ExitError");
        assertThat(stub.invoke("{}", PATIENT).body()).contains("Runtime.ExitError");
        assertThat(stub.initError()).isEmpty();
    }

    @Test
    void noFunctionIsATimeout() {
        assertThat(stub.invoke("{}", Duration.ofMillis(30)).ending()).isEqualTo(Ending.TIMEOUT);
        assertThat(stub.isAwaited()).isFalse();
    }

    @Test
    void aChunkedResponseIsPutTogether() throws Exception {
        var result = invokeInBackground("{}", PATIENT);
        var id = get("invocation/next")
                .headers()
                .firstValue("Lambda-Runtime-Aws-Request-Id")
                .orElseThrow();
        var body = BodyPublishers.fromPublisher(BodyPublishers.ofString("\"" + "x".repeat(100_000) + "\""));

        var request = HttpRequest.newBuilder(uri("invocation/%s/response".formatted(id)))
                .POST(body);
        http.send(request.build(), BodyHandlers.discarding());

        assertThat(result.join().response()).hasSize(100_002);
    }

    private CompletableFuture<LambdaRuntimeStub.Result> invokeInBackground(String event, Duration timeout) {
        return CompletableFuture.supplyAsync(() -> stub.invoke(event, timeout));
    }

    private HttpResponse<String> get(String route) throws Exception {
        return http.send(HttpRequest.newBuilder(uri(route)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String route, String body) throws Exception {
        var request = HttpRequest.newBuilder(uri(route)).POST(BodyPublishers.ofString(body));
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private URI uri(String route) {
        return URI.create("http://%s/2018-06-01/runtime/%s".formatted(stub.address(), route));
    }
}
