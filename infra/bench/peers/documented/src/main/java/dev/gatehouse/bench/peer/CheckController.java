// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.peer;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micronaut.core.io.ResourceResolver;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.serde.annotation.Serdeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Checks a limit in a controller, on the connection of Micronaut's Redis module. */
@Controller("/v1/rate-limits")
final class CheckController {

    @Serdeable
    record CheckRequest(List<RequestedLimit> limits) {}

    @Serdeable
    record RequestedLimit(String subject) {}

    @Serdeable
    record CheckResponse(boolean allowed) {}

    private final StatefulRedisConnection<String, String> redis;
    private final String script;

    CheckController(StatefulRedisConnection<String, String> redis, ResourceResolver resources) throws IOException {
        this.redis = redis;
        try (var file = resources.getResourceAsStream("classpath:gcra.lua").orElseThrow()) {
            script = new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Post("/check")
    HttpResponse<CheckResponse> check(@Body CheckRequest request) {
        var keys = new String[] {"documented:{" + request.limits().getFirst().subject() + "}"};
        Long admitted = redis.sync().eval(script, ScriptOutputType.INTEGER, keys, "1", "1000000");
        return HttpResponse.<CheckResponse>status(admitted == 1 ? HttpStatus.OK : HttpStatus.TOO_MANY_REQUESTS)
                .body(new CheckResponse(admitted == 1));
    }
}
