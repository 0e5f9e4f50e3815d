package dev.gatehouse.runtime;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.gatehouse.lambda.EventJson;
import dev.gatehouse.redis.InvalidSetting;
import dev.gatehouse.testkit.lambda.LambdaRuntimeStub;
import dev.gatehouse.testkit.lambda.LambdaRuntimeStub.Ending;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The runtime client beside a Runtime API: what it hands over, and what it says when there is nothing to hand over. */
@Timeout(60)
class LambdaRuntimeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final PrintStream OUT = System.out;

    private final LambdaRuntimeStub lambda = LambdaRuntimeStub.start();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private @Nullable Thread serving;

    private Thread serving(Class<?> handler) {
        return serving(handler.getName());
    }

    private Thread serving(String handler) {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        serving = Thread.ofPlatform().daemon().start(() -> {
            new LambdaRuntime(RuntimeApi.at(lambda.address())).serve(handler);
            lambda.functionExited();
        });
        return serving;
    }

    @AfterEach
    void ends() throws InterruptedException {
        lambda.close();
        assertThat(requireNonNull(serving).join(PATIENCE)).isTrue();
        System.setOut(OUT);
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    public static final class Echo implements RequestStreamHandler {

        @Override
        public void handleRequest(InputStream event, OutputStream answer, Context lambda) throws IOException {
            event.transferTo(answer);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16_000, 16_384, 100_000, 6 * 1_024 * 1_024})
    void anEventOfAnySizeIsHandedOverAndSoIsItsAnswer(int size) {
        serving(Echo.class);
        var event = "\"" + "ü".repeat(size / 2) + "\"";
        for (int time = 0; time < 3; time++) {
            assertThat(lambda.invoke(event, PATIENCE).response()).isEqualTo(event);
        }
    }

    public static final class Teller implements RequestStreamHandler {

        @Override
        public void handleRequest(InputStream event, OutputStream answer, Context lambda) throws IOException {
            lambda.getLogger().log("heard");
            answer.write("%s %d %s %d"
                    .formatted(
                            lambda.getAwsRequestId(),
                            lambda.getRemainingTimeInMillis(),
                            lambda.getInvokedFunctionArn(),
                            lambda.getMemoryLimitInMB())
                    .getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void theHandlerIsToldWhatLambdaTells() {
        serving(Teller.class);
        var result = lambda.invoke("{}", PATIENCE);
        var told = result.response().split(" ");
        assertThat(told[0]).isEqualTo(result.requestId());
        assertThat(Long.parseLong(told[1])).isBetween(1L, PATIENCE.toMillis());
        assertThat(told[2]).startsWith("arn:aws:lambda:");
        assertThat(Integer.parseInt(told[3])).isPositive();
        assertThat(printed()).isEqualTo("heard\n");
    }

    public static final class Thrower implements RequestStreamHandler {

        private final AtomicInteger calls = new AtomicInteger();

        @Override
        public void handleRequest(InputStream event, OutputStream answer, Context lambda) throws IOException {
            if (calls.getAndIncrement() == 0) {
                answer.write("half an answer".getBytes(StandardCharsets.UTF_8));
                throw new IllegalStateException("a \"reason\"");
            }
            answer.write('1');
        }
    }

    @Test
    void whatAHandlerThrowsIsTheInvocationsErrorAndTheNextIsServed() {
        serving(Thrower.class);
        var failed = lambda.invoke("{}", PATIENCE);
        assertThat(failed.ending()).isEqualTo(Ending.ERROR);
        var error = EventJson.read(failed.body().getBytes(StandardCharsets.UTF_8));
        assertThat(error).isNotNull();
        assertThat(error.text("errorMessage")).isEqualTo("a \"reason\"");
        assertThat(error.text("errorType")).isEqualTo("java.lang.IllegalStateException");
        assertThat(failed.body()).contains("\"stackTrace\":[\"" + Thrower.class.getName());
        assertThat(lambda.invoke("{}", PATIENCE).response()).isEqualTo("1");
    }

    public static final class Exhausted implements RequestStreamHandler {

        @Override
        public void handleRequest(InputStream event, OutputStream answer, Context lambda) {
            throw new OutOfMemoryError("of the test");
        }
    }

    @Test
    void aProcessWithoutMemoryTellsAndEnds() throws Exception {
        var serving = serving(Exhausted.class);
        var failed = lambda.invoke("{}", PATIENCE);
        assertThat(failed.ending()).isEqualTo(Ending.ERROR);
        assertThat(failed.body()).contains("java.lang.OutOfMemoryError");
        assertThat(serving.join(PATIENCE)).isTrue();
    }

    public static final class WronglySet implements RequestStreamHandler {

        public WronglySet() {
            throw new InvalidSetting("A_SETTING", "is wrong");
        }

        @Override
        public void handleRequest(InputStream event, OutputStream answer, Context lambda) {}
    }

    public static final class NoHandler {}

    public static final class NoClass implements RequestStreamHandler {

        static final int NUMBER = Integer.parseInt("none");

        @Override
        public void handleRequest(InputStream event, OutputStream answer, Context lambda) {}
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev.gatehouse.runtime.LambdaRuntimeTest$WronglySet;A_SETTING is wrong",
                "dev.gatehouse.runtime.LambdaRuntimeTest$NoHandler;NoHandler",
                "dev.gatehouse.runtime.LambdaRuntimeTest$NoClass;java.lang.NumberFormatException",
                "dev.gatehouse.runtime.Nowhere;java.lang.ClassNotFoundException",
                "com.amazonaws.services.lambda.runtime.RequestStreamHandler;java.lang.NoSuchMethodException",
            })
    void aHandlerThatDoesNotStartIsSaidSo(String handlerAndWhy) throws Exception {
        var handler = handlerAndWhy.split(";")[0];
        var why = handlerAndWhy.split(";")[1];
        assertThat(serving(handler).join(PATIENCE)).isTrue();
        assertThat(lambda.initError().orElseThrow()).contains(why);
    }

    public static final class LateAtFirst implements RequestStreamHandler {

        private static final CountDownLatch TOO_LATE = new CountDownLatch(1);

        @Override
        public void handleRequest(InputStream event, OutputStream answer, Context lambda) throws IOException {
            try {
                TOO_LATE.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            answer.write('1');
        }
    }

    /** Lambda itself would have ended the process. */
    @Test
    void anAnswerThatIsTooLateIsRefusedAndTheNextEventIsServed() {
        serving(LateAtFirst.class);
        await().atMost(PATIENCE).until(lambda::isAwaited);
        assertThat(lambda.invoke("{}", Duration.ofMillis(20)).ending()).isEqualTo(Ending.TIMEOUT);
        LateAtFirst.TOO_LATE.countDown();
        assertThat(lambda.invoke("{}", PATIENCE).response()).isEqualTo("1");
        assertThat(printed()).contains("Lambda refuses", "/response of 1 bytes, with status 400");
    }

    @Test
    void itEndsWhenLambdaHasGone() throws InterruptedException {
        var serving = serving(Echo.class);
        assertThat(lambda.invoke("1", PATIENCE).response()).isEqualTo("1");
        lambda.close();
        assertThat(serving.join(PATIENCE)).isTrue();
        assertThat(printed()).contains("No event is served any more");
    }
}
