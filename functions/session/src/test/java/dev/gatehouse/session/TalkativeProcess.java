package dev.gatehouse.session;

import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.testkit.logs.LogCapture;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process that runs every operation and logs everything to standard output. Standard error has the tokens. The
 * driver decides about logging when it is loaded, so the test needs a process of its own.
 */
final class TalkativeProcess {

    private TalkativeProcess() {}

    /** @param args {@code bytes} to log the bytes on the wire too */
    public static void main(String[] args) {
        var now = new AtomicLong(1_790_000_000_000_000L);
        try (var log = args[0].equals("bytes") ? LogCapture.recordBytesToo() : LogCapture.record();
                var redis = RedisProcess.start();
                var link = LinkOnClock.toServer(redis.port(), now::get)) {
            var everything = new AllOperations(redis, link, now);
            everything.run(() -> {});
            everything.runFailures();
            System.out.println(log.text());
            everything.tokens().forEach(token -> System.err.println(token.text()));
        }
    }
}
