package dev.gatehouse.lambda;

import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.telemetry.LinkTally;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the function's routes the requests in {@value #RESOURCE}, one {@link PrimingRequest} a line. The beans are others
 * than those in service: without Redis, without metrics, and with one caller of their own. They end with the priming, so
 * that only loaded and compiled code remains.
 */
final class RoutePriming {

    private static final Logger LOG = LoggerFactory.getLogger(RoutePriming.class);

    private static final String RESOURCE = "META-INF/gatehouse/priming";
    private static final int TIMES = 200;

    private RoutePriming() {}

    static void run() {
        var requests = requests();
        var builder = FunctionContext.builder()
                .properties(Map.of(
                        "gatehouse.service",
                        "true",
                        "gatehouse.auth",
                        "api-key",
                        "gatehouse.api-keys",
                        PrimingRequest.API_KEYS))
                .singletons(
                        RedisSettings.fromEnvironment(Map.of("USE_REDIS", "false")),
                        new EmfLines("priming", new LinkTally(), System::currentTimeMillis, _ -> {}));
        try (var context = FunctionContext.start(builder)) {
            var handler = new HttpApiHandler(context);
            for (int time = 0; time < TIMES; time++) {
                requests.forEach(request -> send(request, handler));
            }
        }
    }

    private static List<PrimingRequest> requests() {
        try (var lines = RoutePriming.class.getClassLoader().getResourceAsStream(RESOURCE)) {
            return new String(Objects.requireNonNull(lines, RESOURCE).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(PrimingRequest::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void send(PrimingRequest request, HttpApiHandler handler) {
        try {
            var response = new ByteArrayOutputStream();
            handler.handleRequest(
                    new ByteArrayInputStream(request.event().getBytes(StandardCharsets.UTF_8)), response, null);
            if (!request.isAnsweredBy(response.toString(StandardCharsets.UTF_8))) {
                LOG.warn("The response to a priming request was {}", response.toString(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
