package dev.gatehouse.bench;

import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** Rate-limit decisions a second of a library's user with eight threads on one Redis: floor, ours and our peers'. */
final class Decisions {

    private static final int THREADS = 8;

    private Decisions() {}

    /** Takes the rounds, the seconds of each, and the directory for the results. */
    public static void main(String[] arguments) throws Exception {
        var race =
                new Race(THREADS, Integer.parseInt(arguments[0]), Duration.ofSeconds(Integer.parseInt(arguments[1])));
        try (var redis = RedisProcess.start();
                var floor = new RawEvalSha(redis.url());
                var ours = new Gatehouse(redis.url());
                var bucket4j = Bucket4jOnLettuce.plain(redis.url());
                var batching = Bucket4jOnLettuce.batching(redis.url());
                var redisson = new RedissonLimiter(redis.url());
                var denied = new KnownDenial(redis.url());
                var once = new WorkDoneOnce(redis.url());
                var session = new SessionLookup(redis.url());
                var spring = new SpringSession(redis.url());
                var equal = new RawEqualWork(redis.url());
                var authorize = new Authorize(redis.url())) {
            var conditions = Conditions.here(redis.info("server", "redis_version"));
            var results = Path.of(arguments[2]);
            var decisions = report(race, conditions, List.of(floor, ours, bucket4j, batching, redisson));
            publish(decisions, "decisions", results);
            Files.writeString(
                    results.resolve("decisions.svg"),
                    decisions.chart(ours.name()).svg());
            publish(report(race, conditions, List.of(floor, denied)), "denials", results);
            publish(report(race, conditions, List.of(new TwoRawEvalSha(floor), once)), "claims", results);
            publish(report(race, conditions, List.of(floor, session, spring)), "sessions", results);
            publish(report(race, conditions, List.of(equal, authorize)), "authorizer", results);
        }
    }

    private static Report report(Race race, Conditions conditions, List<Contestant> contestants)
            throws InterruptedException, ExecutionException {
        var heats = new ArrayList<Heat>();
        for (var load : Load.values()) {
            heats.add(race.run(contestants, load));
        }
        return new Report(race, conditions, heats);
    }

    private static void publish(Report report, String suite, Path results) throws IOException {
        Files.createDirectories(results);
        Files.writeString(results.resolve(suite + ".json"), report.json(suite));
        System.out.printf("%n%s%n%n%s%n", report.markdown(), report.method());
    }
}
