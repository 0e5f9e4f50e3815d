// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.stampede;

import io.micronaut.context.ApplicationContext;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One of the processes. Reads lines of a cache, a question and the time to start in milliseconds since 1970. Prints the
 * number of loads here and the time of the answer.
 */
final class StampedeProcess {

    private StampedeProcess() {}

    /** Starts on the Redis of the URL, and prints a line when it is ready. */
    public static void main(String[] arguments) throws Exception {
        Map<String, Object> properties = Map.of(
                "redis.uri",
                arguments[0],
                "redis.caches." + SlowAnswers.PEER + ".expire-after-write",
                "1h",
                "gatehouse.caches." + SlowAnswers.OURS + ".fresh-seconds",
                "3600");
        try (var context = ApplicationContext.run(properties);
                var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            var answers = context.getBean(SlowAnswers.class);
            System.out.println("ready");
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var words = line.split(" ", -1);
                var before = answers.loads();
                TimeUnit.MILLISECONDS.sleep(Long.parseLong(words[2]) - System.currentTimeMillis());
                ask(answers, words[0], words[1]);
                System.out.println((answers.loads() - before) + " " + System.currentTimeMillis());
            }
        }
    }

    private static void ask(SlowAnswers answers, String cache, String question) throws InterruptedException {
        var answer =
                switch (cache) {
                    case SlowAnswers.OURS -> answers.gatehouse(question);
                    case SlowAnswers.PEER -> answers.micronaut(question);
                    default -> answers.load(question);
                };
        if (!answer.endsWith(question)) {
            throw new IllegalStateException("another answer: " + answer);
        }
    }
}
