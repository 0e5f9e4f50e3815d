package dev.gatehouse.lambda;

import dev.gatehouse.redis.RedisSettings;
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
 * Has the package's routes answer the requests that it names for this, a {@link Scene} a line, in {@value #SCRIPT}. The
 * classes are those that serve later, but the beans are others, which end with it: without Redis, without lines of metrics,
 * and with no caller but this one. So nothing remains of it but that all is loaded and compiled.
 */
final class Rehearsal implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);

    private static final String SCRIPT = "META-INF/gatehouse/rehearsal";
    private static final int TIMES = 200;

    @Override
    public void run() {
        var scenes = scenes();
        try (var beans = FunctionContext.builder()
                .properties(Map.of(
                        "gatehouse.service", "true", "gatehouse.auth", "api-key", "gatehouse.api-keys", Scene.API_KEYS))
                .singletons(
                        RedisSettings.fromEnvironment(Map.of("USE_REDIS", "false")),
                        new EmfLines("rehearsal", new LinkTally(), System::currentTimeMillis, _ -> {}))
                .build()) {
            var function = new HttpFunction(beans);
            for (int time = 0; time < TIMES; time++) {
                scenes.forEach(scene -> perform(scene, function));
            }
        }
    }

    private static List<Scene> scenes() {
        try (var script = Rehearsal.class.getClassLoader().getResourceAsStream(SCRIPT)) {
            return new String(Objects.requireNonNull(script, SCRIPT).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(Scene::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void perform(Scene scene, HttpFunction function) {
        try {
            var answer = new ByteArrayOutputStream();
            function.handleRequest(
                    new ByteArrayInputStream(scene.event().getBytes(StandardCharsets.UTF_8)), answer, null);
            if (!scene.isAnswered(answer.toString(StandardCharsets.UTF_8))) {
                LOG.warn("A rehearsal was answered {}", answer.toString(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
