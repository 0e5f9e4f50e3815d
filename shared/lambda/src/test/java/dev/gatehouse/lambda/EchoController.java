// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import dev.gatehouse.web.DeadlineFactory;
import dev.gatehouse.web.Tenant;
import io.micronaut.http.HttpResponse;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@Controller("/v1/echo")
class EchoController {

    private static final Logger LOG = LoggerFactory.getLogger(EchoController.class);

    private final DeadlineFactory deadlines;

    EchoController(DeadlineFactory deadlines) {
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

    @Post("/headers")
    HttpResponse<String> headers() {
        return HttpResponse.ok("{}")
                .header("X-Several", "1")
                .header("X-Several", "2")
                .header("Set-Cookie", "a=1")
                .header("Set-Cookie", "b=2");
    }

    @Post("/aloud")
    CompletionStage<String> aloud() {
        // On another thread, like the code after a reply of Redis.
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
