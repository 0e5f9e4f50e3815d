// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.idempotency;

import dev.gatehouse.idempotency.annotation.Idempotent;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.exceptions.HttpStatusException;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** Endpoints of an application, each of which should do its work once. */
@Hidden
@Controller("/payments")
class PaymentsController {

    static final AtomicInteger PAID = new AtomicInteger();
    static final Semaphore MAY_GO_ON = new Semaphore(0);

    @Post
    @Idempotent
    HttpResponse<Map<String, Object>> pay(@Body Map<String, Object> order) {
        return HttpResponse.<Map<String, Object>>created(Map.of("number", PAID.incrementAndGet(), "order", order))
                .header("Location", "/payments/1")
                .header("Set-Cookie", "session=1");
    }

    @Post("/later")
    @Idempotent(required = false)
    @Produces(MediaType.TEXT_PLAIN)
    CompletionStage<String> payLater() {
        return CompletableFuture.supplyAsync(() -> "paid " + PAID.incrementAndGet());
    }

    /** Blocks its thread. */
    @Post("/slowly")
    @Idempotent(leaseMillis = 2_000)
    HttpResponse<byte[]> paySlowly() throws InterruptedException {
        MAY_GO_ON.acquire();
        PAID.incrementAndGet();
        return HttpResponse.ok(new byte[] {0, (byte) 0xff, (byte) 0x80}).contentType("application/x-receipt");
    }

    @Post("/for/{who}")
    @Idempotent
    HttpResponse<?> payFor(String who, @Header("X-Outcome") String outcome) {
        int number = PAID.incrementAndGet();
        return switch (outcome) {
            case "refused" -> HttpResponse.badRequest(Map.of("number", number));
            case "broken" -> HttpResponse.serverError(Map.of("number", number));
            case "thrown" -> throw new HttpStatusException(io.micronaut.http.HttpStatus.CONFLICT, "thrown");
            default -> HttpResponse.noContent();
        };
    }

    /** Returns a larger body than is stored. */
    @Post("/at-length")
    @Idempotent
    @Produces(MediaType.TEXT_PLAIN)
    String payAtLength() {
        return PAID.incrementAndGet() + " ".repeat(256 * 1024);
    }

    /** Returns a body that is streamed. */
    @Post("/in-parts")
    @Idempotent
    @Produces(MediaType.TEXT_PLAIN)
    Publisher<String> payInParts() {
        return Flux.just("paid ", Integer.toString(PAID.incrementAndGet()));
    }

    /** Returns more and longer headers than are stored. */
    @Post("/by-the-book")
    @Idempotent
    HttpResponse<String> payByTheBook() {
        var response = HttpResponse.ok("paid " + PAID.incrementAndGet()).header("X-Long", "x".repeat(8193));
        for (int n = 0; n < 70; n++) {
            response.header("X-" + n, "x");
        }
        return response.contentType(MediaType.TEXT_PLAIN_TYPE);
    }

    /** Returns text in another charset than UTF-8. */
    @Post("/in-latin")
    @Idempotent
    HttpResponse<String> payInLatin() {
        PAID.incrementAndGet();
        return HttpResponse.ok("größe").contentType("text/plain;charset=ISO-8859-1");
    }

    @Post("/plain")
    String plain() {
        return "paid " + PAID.incrementAndGet();
    }
}
