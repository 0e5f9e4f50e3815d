package dev.gatehouse.redis.health;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.Jitter;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Unknown;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * One run of trials on a link, with keys of its own, {@code gh:{_probe:<random>}:<trial>}, which live ten seconds at most. A
 * tenant's name cannot begin with {@code _}, so they are nobody else's.
 *
 * <p>What writes is sent as a decision is, and counts for or against Redis as one does; what only reads is asked aside. The
 * stages complete by their deadline and never exceptionally.
 */
public final class HealthChecks {

    private static final String VALUE = "gatehouse";
    private static final Duration LIFE = Duration.ofSeconds(10);
    private static final Duration SHORT_LIFE = Duration.ofMillis(20);
    private static final List<Object> AS_EXPECTED = List.of("as-expected");

    private final RedisLink link;
    private final String tag;

    /** The next run on {@code link}. */
    public HealthChecks(RedisLink link) {
        this.link = link;
        this.tag = Long.toHexString(Jitter.any());
    }

    /** Tries in turn, each after the one before; ends early with one that did not pass. */
    public CompletionStage<List<CheckResult>> run(List<HealthCheck> trials, Deadline deadline) {
        return run(trials, deadline, new ArrayList<>(trials.size()));
    }

    private CompletionStage<List<CheckResult>> run(
            List<HealthCheck> trials, Deadline deadline, List<CheckResult> found) {
        if (found.size() == trials.size()
                || (!found.isEmpty() && !found.getLast().passed())) {
            return CompletableFuture.completedStage(List.copyOf(found));
        }
        return run(trials.get(found.size()), deadline).thenCompose(finding -> {
            found.add(finding);
            return run(trials, deadline, found);
        });
    }

    /** Tries one thing. {@link HealthCheck#GET} and {@link HealthCheck#DELETE} go by what {@link HealthCheck#SET} left. */
    public CompletionStage<CheckResult> run(HealthCheck trial, Deadline deadline) {
        var start = System.nanoTime();
        return switch (trial) {
            case PING -> found(trial, start, link.callUntracked(redis -> redis.ping(), deadline), "PONG");
            case SET -> found(trial, start, set(HealthCheck.SET, LIFE, deadline), "OK");
            case GET ->
                found(trial, start, link.callUntracked(redis -> redis.get(key(HealthCheck.SET)), deadline), VALUE);
            case DELETE ->
                found(trial, start, link.callUntracked(redis -> redis.del(key(HealthCheck.SET)), deadline), 1L);
            case EXPIRY -> expiry(start, deadline);
            case SCRIPT, TIME, HASH, LIST, SORTED_SET -> found(trial, start, script(trial, deadline), AS_EXPECTED);
        };
    }

    private CompletionStage<Reply<String>> set(HealthCheck trial, Duration life, Deadline deadline) {
        var expires = SetArgs.Builder.px(life.toMillis());
        return link.call(redis -> redis.set(key(trial), VALUE, expires), deadline);
    }

    private CompletionStage<CheckResult> expiry(long start, Deadline deadline) {
        return set(HealthCheck.EXPIRY, SHORT_LIFE, deadline).thenCompose(set -> {
            if (!(set instanceof Answered)) {
                return CompletableFuture.completedStage(finding(HealthCheck.EXPIRY, start, set, "OK"));
            }
            var over =
                    CompletableFuture.delayedExecutor(SHORT_LIFE.toMillis() * 2, TimeUnit.MILLISECONDS, Runnable::run);
            return CompletableFuture.runAsync(() -> {}, over)
                    .thenCompose(
                            _ -> found(HealthCheck.EXPIRY, start, script(HealthCheck.EXPIRY, deadline), AS_EXPECTED));
        });
    }

    private CompletionStage<Reply<List<Object>>> script(HealthCheck trial, Deadline deadline) {
        return link.run(ScriptCall.of(Scripts.of(trial), List.of(key(trial)), List.of()), deadline);
    }

    private String key(HealthCheck trial) {
        return "gh:{_probe:" + tag + "}:" + trial.word();
    }

    private static CompletionStage<CheckResult> found(
            HealthCheck trial, long start, CompletionStage<? extends Reply<?>> asked, Object expected) {
        return asked.thenApply(reply -> finding(trial, start, reply, expected));
    }

    private static CheckResult finding(HealthCheck trial, long start, Reply<?> reply, Object expected) {
        var latency = Duration.ofNanos(System.nanoTime() - start);
        return switch (reply) {
            case Answered<?>(var value) ->
                expected.equals(value)
                        ? new CheckResult.Passed(trial, latency)
                        : new CheckResult.Refused(trial, CheckResult.OTHER_ANSWER);
            case Reply.Refused<?>(var code) -> new CheckResult.Refused(trial, code);
            case NotSent<?>(var trouble) -> new CheckResult.Unanswered(trial, trouble);
            case Unknown<?>(var trouble) -> new CheckResult.Unanswered(trial, trouble);
        };
    }

    /** Read when the first of them is tried. */
    private static final class Scripts {

        private static final Script SCRIPT = read(HealthCheck.SCRIPT);
        private static final Script TIME = read(HealthCheck.TIME);
        private static final Script HASH = read(HealthCheck.HASH);
        private static final Script LIST = read(HealthCheck.LIST);
        private static final Script SORTED_SET = read(HealthCheck.SORTED_SET);
        private static final Script EXPIRY = read(HealthCheck.EXPIRY);

        private static Script read(HealthCheck trial) {
            return Script.beside(HealthChecks.class, "try-" + trial.word());
        }

        static Script of(HealthCheck trial) {
            return switch (trial) {
                case SCRIPT -> SCRIPT;
                case TIME -> TIME;
                case HASH -> HASH;
                case LIST -> LIST;
                case SORTED_SET -> SORTED_SET;
                case EXPIRY -> EXPIRY;
                case PING, SET, GET, DELETE -> throw new IllegalArgumentException(trial + " is no script");
            };
        }
    }
}
