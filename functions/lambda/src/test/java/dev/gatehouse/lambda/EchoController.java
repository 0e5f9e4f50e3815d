package dev.gatehouse.lambda;

import dev.gatehouse.http.Deadlines;
import dev.gatehouse.http.Tenant;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

@Controller("/v1/echo")
class EchoController {

    private final Deadlines deadlines;

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

    @Post("/fault")
    CompletionStage<String> fault() {
        throw new IllegalStateException("secret-detail");
    }
}
