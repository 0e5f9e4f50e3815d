package dev.gatehouse.lambda;

import dev.gatehouse.endpoint.Idempotent;
import dev.gatehouse.http.Deadlines;
import dev.gatehouse.http.Tenant;
import dev.gatehouse.idempotency.LocalClaims;
import io.micronaut.context.annotation.Factory;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@Controller("/v1/echo")
class EchoController {

    private static final Logger LOG = LoggerFactory.getLogger(EchoController.class);

    private final Deadlines deadlines;
    private final AtomicInteger runs = new AtomicInteger();

    EchoController(Deadlines deadlines) {
        this.deadlines = deadlines;
    }

    @Post
    @Consumes(MediaType.APPLICATION_JSON)
    CompletionStage<Map<String, Object>> echo(Tenant tenant, @Body byte @Nullable [] body) {
        return CompletableFuture.completedStage(Map.of(
                "tenant",
                tenant.name(),
                "body",
                body == null ? "" : new String(body, StandardCharsets.UTF_8),
                "leftMillis",
                deadlines.next().remainingNanos() / 1_000_000));
    }

    @Post("/once")
    @Idempotent
    Map<String, Object> once(@Body byte @Nullable [] body) {
        return Map.of("runs", runs.incrementAndGet());
    }

    @Factory
    static class Library {

        @Singleton
        dev.gatehouse.idempotency.Idempotent idempotent() {
            return new dev.gatehouse.idempotency.Idempotent(new LocalClaims(), Duration.ofSeconds(1));
        }
    }

    @Post("/aloud")
    CompletionStage<String> aloud() {
        // On a thread of its own, as what follows on Redis's answer is.
        return CompletableFuture.supplyAsync(() -> {
            LOG.info("aloud");
            return "{}";
        });
    }

    @Post("/fault")
    CompletionStage<String> fault() {
        throw new IllegalStateException("secret-detail");
    }
}
