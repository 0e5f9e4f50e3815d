package dev.gatehouse.bench.peer;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micronaut.core.io.ResourceResolver;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Checks a limit as Micronaut's documentation has it: a controller, and the connection that its Redis module makes. */
@Controller("/checks")
final class CheckController {

    private final StatefulRedisConnection<String, String> redis;
    private final String script;

    CheckController(StatefulRedisConnection<String, String> redis, ResourceResolver resources) throws IOException {
        this.redis = redis;
        try (var file = resources.getResourceAsStream("classpath:gcra.lua").orElseThrow()) {
            script = new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Get("/{subject}")
    HttpResponse<CheckAnswer> check(String subject) {
        var keys = new String[] {"documented:{" + subject + "}"};
        Long admitted = redis.sync().eval(script, ScriptOutputType.INTEGER, keys, "1", "1000000");
        return HttpResponse.<CheckAnswer>status(admitted == 1 ? HttpStatus.OK : HttpStatus.TOO_MANY_REQUESTS)
                .body(new CheckAnswer(admitted == 1));
    }
}
