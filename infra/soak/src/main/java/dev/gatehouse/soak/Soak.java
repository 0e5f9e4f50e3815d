// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak;

import dev.gatehouse.soak.Faults.Fault;
import dev.gatehouse.soak.books.Api;
import dev.gatehouse.soak.books.Book;
import dev.gatehouse.soak.books.Losses;
import dev.gatehouse.testkit.process.Poller;
import dev.gatehouse.testkit.redis.SentinelRig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends mixed traffic over all capabilities to the server while its Redis, behind Sentinels, is restarted, frozen, filled and
 * failed over, each twice. Fails if an answer is wrong or the server leaks.
 */
final class Soak {

    private static final int CALLERS = 2;
    private static final Duration START = Duration.ofSeconds(60);

    /** More than the life of any key of the books. */
    private static final Duration REST = Duration.ofSeconds(150);

    private static final int SAMPLES = 60;

    private final SentinelRig redis;
    private final SoakServer server;
    private final long begin = System.nanoTime();

    private Soak(SentinelRig redis, SoakServer server) {
        this.redis = redis;
        this.server = server;
    }

    /**
     * Runs the soak. Exits with 1 if anything is wrong.
     *
     * @param arguments the minutes of traffic; the directory for the results
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var minutes = Integer.parseInt(arguments[0]);
        try (var redis = SentinelRig.start("appendonly yes", "appendfsync always");
                var server = new SoakServer(redis)) {
            var report = new Soak(redis, server).run(minutes);
            report.publish(Path.of(arguments[1]));
            for (var failure : report.failures()) {
                System.out.println("WRONG: " + failure);
            }
            if (!report.failures().isEmpty()) {
                System.out.println(server.log());
                System.exit(1);
            }
        }
    }

    private SoakReport run(int minutes) throws InterruptedException {
        var api = new Api(server.url(), SoakServer.KEY);
        new Poller(START).until(() -> !api.text("/health/liveness").isEmpty(), server::log);
        var version = redis.servers().getFirst().version();
        var losses = new Losses();
        var books = Book.all(api, losses);
        var callers = new ArrayList<Thread>();
        for (var book : books) {
            for (var caller = 0; caller < CALLERS; caller++) {
                callers.add(Thread.ofPlatform().name(book.name()).start(book::play));
            }
        }
        var inflicted = new ArrayList<String>();
        var usage = live(Duration.ofMinutes(minutes), new Faults(redis, losses).all(), inflicted);
        callers.forEach(Thread::interrupt);
        for (var caller : callers) {
            caller.join();
        }
        Thread.sleep(REST);
        return new SoakReport(
                minutes,
                Runtime.version().toString(),
                version,
                LocalDate.now(ZoneOffset.UTC).toString(),
                inflicted,
                books.stream().map(Book::result).toList(),
                usage,
                Usage.now(seconds(), server, redis),
                RemainingKeys.of(redis));
    }

    /** Inflicts the faults in equal distances, and samples what the server uses. */
    private List<Usage> live(Duration length, List<Fault> faults, List<String> inflicted) throws InterruptedException {
        var usage = new ArrayList<Usage>();
        for (var sample = 0; sample < SAMPLES; sample++) {
            var due = begin + length.toNanos() * (sample + 1) / SAMPLES;
            // Faults are due at 6, 12, 18 … of 60 samples.
            if (sample % 6 == 5 && inflicted.size() < faults.size()) {
                var fault = faults.get(inflicted.size());
                inflicted.add("%s at %d s".formatted(fault.name(), seconds()));
                System.out.println(inflicted.getLast());
                fault.inflict().run();
            }
            Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
            usage.add(Usage.now(seconds(), server, redis));
            if (!server.isAlive()) {
                throw new IllegalStateException("the server ended: " + server.log());
            }
        }
        return usage;
    }

    private long seconds() {
        return (System.nanoTime() - begin) / 1_000_000_000;
    }
}
