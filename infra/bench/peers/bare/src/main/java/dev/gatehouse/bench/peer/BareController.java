// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.peer;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.micronaut.context.annotation.Value;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.serde.annotation.Serdeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Serves the same requests as Gatehouse with one asynchronous EVALSHA each: no validation, policies or metrics. */
@Controller("/v1")
final class BareController {

    @Serdeable
    record CheckRequest(List<RequestedLimit> limits) {}

    @Serdeable
    record RequestedLimit(String subject, long limit, long windowSeconds) {}

    @Serdeable
    record CheckResponse(boolean allowed) {}

    @Serdeable
    record LookupRequest(String token) {}

    @Serdeable
    record LookupResponse(String userId, String attributes) {}

    @Serdeable
    record ClaimRequest(String key) {}

    @Serdeable
    record ClaimResponse(String outcome, String owner) {}

    private static final String LEASE_MICROS = "30000000";
    private static final String LIFETIME_MICROS = "60000000";

    private final StatefulRedisConnection<String, String> connection;
    private final RedisAsyncCommands<String, String> redis;
    private final String gcra;
    private final String lookup;
    private final String claim;

    BareController(@Value("${redis.url}") String url, @Value("${bench.scripts}") Path scripts) throws IOException {
        connection = RedisClient.create(url).connect();
        redis = connection.async();
        gcra = load(scripts.resolve("gcra.lua"));
        lookup = load(scripts.resolve("lookup.lua"));
        claim = load(scripts.resolve("claim.lua"));
    }

    private String load(Path script) throws IOException {
        return connection.sync().scriptLoad(Files.readString(script, StandardCharsets.UTF_8));
    }

    @Post("/rate-limits/check")
    CompletionStage<HttpResponse<CheckResponse>> check(@Body CheckRequest request) {
        var limit = request.limits().getFirst();
        var window = limit.windowSeconds() * 1_000_000;
        return redis.<Long>evalsha(
                        gcra,
                        ScriptOutputType.INTEGER,
                        new String[] {"bare:{" + limit.subject() + "}"},
                        Long.toString(window / limit.limit()),
                        Long.toString(window))
                .thenApply(admitted -> HttpResponse.<CheckResponse>status(
                                admitted == 1 ? HttpStatus.OK : HttpStatus.TOO_MANY_REQUESTS)
                        .body(new CheckResponse(admitted == 1)));
    }

    @Post("/sessions/lookup")
    CompletionStage<HttpResponse<LookupResponse>> lookup(@Body LookupRequest request) {
        var token = request.token();
        var dot = token.indexOf('.');
        var keys = new String[] {"session:{" + token.substring(0, dot) + "}"};
        return redis.<List<String>>evalsha(lookup, ScriptOutputType.MULTI, keys, token.substring(dot + 1))
                .thenApply(session -> session.isEmpty()
                        ? HttpResponse.unauthorized()
                        : HttpResponse.ok(new LookupResponse(session.get(0), session.get(1))));
    }

    @Post("/idempotency/claims")
    CompletionStage<HttpResponse<ClaimResponse>> claim(@Body ClaimRequest request) {
        var owner = request.key();
        var keys = new String[] {"bare:claim:{" + owner + "}"};
        return redis.<String>evalsha(claim, ScriptOutputType.VALUE, keys, owner, "", LEASE_MICROS, LIFETIME_MICROS)
                .thenApply(outcome -> outcome.equals("claimed")
                        ? HttpResponse.created(new ClaimResponse(outcome, owner))
                        : HttpResponse.status(HttpStatus.CONFLICT));
    }
}
