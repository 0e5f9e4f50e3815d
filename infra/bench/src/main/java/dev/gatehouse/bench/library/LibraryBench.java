// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.library;

import com.sun.management.OperatingSystemMXBean;
import dev.gatehouse.bench.Comparison;
import dev.gatehouse.bench.Comparison.Heading;
import dev.gatehouse.bench.SuiteReport;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;

/** Measures the throughput of the library on one Redis, with eight threads that wait for each result. */
final class LibraryBench {

    private static final int THREADS = 8;
    private static final String PER_SECOND = "a second";

    /** The processor time of this JVM and of Redis. It varies less than the throughput does on a machine with other work. */
    private static final String PROCESSOR_TIME = "microseconds of processor";

    private static final int SUBJECTS = 10_000;

    /** Chooses the subjects. */
    private enum Load {
        SPREAD("10,000 subjects") {
            @Override
            String subject(int thread) {
                return LibraryBench.subject(
                        THREADS * ThreadLocalRandom.current().nextInt(SUBJECTS / THREADS) + thread);
            }
        },
        HOT("one hot subject") {
            @Override
            String subject(int thread) {
                return "hot";
            }
        };

        private final String title;

        Load(String title) {
            this.title = title;
        }

        /** Returns a subject of a thread. Only the hot one is of several threads. */
        abstract String subject(int thread);
    }

    private final int rounds;
    private final Duration turn;
    private final RedisProcess redis;
    private final Path results;

    private LibraryBench(int rounds, Duration turn, RedisProcess redis, Path results) {
        this.rounds = rounds;
        this.turn = turn;
        this.redis = redis;
        this.results = results;
    }

    /**
     * Runs the suites.
     *
     * @param arguments the rounds; the seconds of each measurement; the suites ({@code all}, or names separated by
     *     commas); the directory for the results
     */
    public static void main(String[] arguments) throws Exception {
        var suites = List.of(arguments[2].split(","));
        try (var redis = RedisProcess.start();
                var raw = new RawScripts(redis.url());
                var ours = new GatehouseCalls(redis.url());
                var cache = new CacheCalls(redis.url());
                var states = new StateCalls(redis.url());
                var keys = new KeyCalls(redis.url());
                var peers = new PeerLibraries(redis.url());
                var caches = peers.caches(redis.url())) {
            var bench = new LibraryBench(
                    Integer.parseInt(arguments[0]),
                    Duration.ofSeconds(Integer.parseInt(arguments[1])),
                    redis,
                    Path.of(arguments[3]));
            var all = new LinkedHashMap<String, List<Operation>>();
            all.put(
                    "decisions",
                    List.of(raw.check(), ours.check(), peers.bucket4j(), peers.bucket4jBatching(), peers.redisson()));
            all.put("denials", List.of(raw.check(), ours.knownDenial()));
            all.put("sessions", List.of(raw.lookup(), ours.lookup(), peers.springSession()));
            all.put("authorizer", List.of(raw.authorize(), ours.authorize()));
            all.put("api-keys", List.of(raw.authorize(), ours.lookup(), keys.verify(), keys.verifyWithLimits()));
            all.put("claims", List.of(raw.check(), raw.claimAndComplete(), ours.claimAndComplete()));
            all.put(
                    "cache",
                    List.of(raw.hit(), raw.get(), cache.hit(), caches.redisson(), caches.spring(), caches.micronaut()));
            all.put(
                    "cache-misses",
                    List.of(
                            raw.missAndFill(),
                            raw.getAndSet(),
                            cache.missAndFill(),
                            caches.redissonMisses(),
                            caches.springMisses(),
                            caches.micronautMisses()));
            all.put(
                    "cache-many",
                    List.of(
                            raw.hitMany(),
                            raw.getMany(),
                            cache.hitMany(),
                            caches.redissonMany(),
                            caches.springMany(),
                            caches.micronautMany()));
            var rawStates = new RawStates(raw);
            all.put("state-reads", List.of(rawStates.read(), states.read()));
            all.put("state-saves", stateSaves(rawStates, states));
            all.put("state-claims", List.of(rawStates.claimAndRelease(), states.claimAndRelease()));
            if (!suites.contains("all")) {
                all.keySet().retainAll(suites);
            }
            for (var suite : all.entrySet()) {
                bench.run(suite.getKey(), suite.getValue());
            }
        }
    }

    /** Adds the script of Dapr if the property {@code bench.dapr} names its file. */
    private static List<Operation> stateSaves(RawStates raw, StateCalls states) throws IOException {
        var operations = new ArrayList<>(List.of(raw.save(), states.save()));
        var file = System.getProperty("bench.dapr", "");
        if (!file.isEmpty()) {
            operations.add(raw.saveByDapr(Files.readString(Path.of(file))));
        }
        return operations;
    }

    private void run(String suite, List<Operation> operations) throws Exception {
        var comparisons = new ArrayList<Comparison>();
        if (suite.equals("claims") || suite.equals("cache-misses")) {
            // Each key is new, so the subject does not matter. A time shows how many round trips the work takes.
            comparisons.addAll(Comparison.alternately(
                    operations,
                    rounds,
                    List.of(
                            new Heading("microseconds", "each, of %d threads".formatted(THREADS)),
                            new Heading(PROCESSOR_TIME, "each")),
                    operation -> {
                        var cost = measure(operation, Load.SPREAD);
                        return List.of(THREADS * 1e6 / cost.perSecond, cost.processorMicros);
                    }));
        } else {
            if (!suite.equals("cache-many")) {
                for (var operation : operations) {
                    runForEverySubject(operation);
                }
            }
            for (var load : loads(suite)) {
                comparisons.addAll(Comparison.alternately(
                        operations,
                        rounds,
                        List.of(new Heading(PER_SECOND, load.title), new Heading(PROCESSOR_TIME, load.title)),
                        operation -> {
                            var cost = measure(operation, load);
                            return List.of(cost.perSecond, cost.processorMicros);
                        }));
            }
        }
        publish(suite, comparisons);
    }

    private static List<Load> loads(String suite) {
        return switch (suite) {
            case "cache-many" -> List.of(Load.HOT);
            // All but one of several writers of a state are refused.
            case "state-saves", "state-claims" -> List.of(Load.SPREAD);
            default -> List.of(Load.values());
        };
    }

    private void publish(String suite, List<Comparison> comparisons) throws IOException {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("threads", THREADS);
        settings.put("rounds", rounds);
        settings.put("seconds", turn.toSeconds());
        var report = new SuiteReport(suite, redis.info("server", "redis_version"), settings, comparisons);
        report.publish(results);
        if (suite.equals("decisions")) {
            report.publishChart(results, "Rate-limit decisions per second, and as a share of the baseline", PER_SECOND);
        }
    }

    private static String subject(int number) {
        return "subject-" + number;
    }

    /** Creates the state that an operation needs for each subject: sessions, buckets, denials. */
    private static void runForEverySubject(Operation operation) throws ExecutionException, InterruptedException {
        inThreads(thread -> {
            for (var number = thread; number < SUBJECTS; number += THREADS) {
                operation.call().run(subject(number));
            }
            return (long) SUBJECTS / THREADS;
        });
    }

    private record Cost(double perSecond, double processorMicros) {}

    private Cost measure(Operation operation, Load load) throws ExecutionException, InterruptedException {
        var processor = processorMicros();
        var start = System.nanoTime();
        var count = inThreads(thread -> count(operation, load, thread, start + turn.toNanos()));
        return new Cost(count * 1e9 / (System.nanoTime() - start), (processorMicros() - processor) / count);
    }

    private double processorMicros() {
        var ofRedis = Double.parseDouble(redis.info("cpu", "used_cpu_user"))
                + Double.parseDouble(redis.info("cpu", "used_cpu_sys"));
        var ofJvm =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
        return ofRedis * 1e6 + ofJvm / 1e3;
    }

    /** The work of one thread. */
    private interface Work {

        /** Returns the number of calls. */
        long run(int thread) throws Exception;
    }

    private static long inThreads(Work work) throws ExecutionException, InterruptedException {
        var count = 0L;
        try (var pool = Executors.newFixedThreadPool(THREADS)) {
            var results = new ArrayList<Future<Long>>();
            for (var i = 0; i < THREADS; i++) {
                var thread = i;
                results.add(pool.submit(() -> work.run(thread)));
            }
            for (var result : results) {
                count += result.get();
            }
        }
        return count;
    }

    private static long count(Operation operation, Load load, int thread, long endNanos) throws Exception {
        var count = 0L;
        while (System.nanoTime() - endNanos < 0) {
            operation.call().run(load.subject(thread));
            count++;
        }
        return count;
    }
}
