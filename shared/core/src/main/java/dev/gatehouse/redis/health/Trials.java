package dev.gatehouse.redis.health;

import dev.gatehouse.redis.Chance;
import dev.gatehouse.redis.Deadline;
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
public final class Trials {

    private static final String VALUE = "gatehouse";
    private static final Duration LIFE = Duration.ofSeconds(10);
    private static final Duration SHORT_LIFE = Duration.ofMillis(20);
    private static final List<Object> AS_EXPECTED = List.of("as-expected");

    private final RedisLink link;
    private final String tag;

    /** The next run on {@code link}. */
    public Trials(RedisLink link) {
        this.link = link;
        this.tag = Long.toHexString(Chance.any());
    }

    /** Tries in turn, each after the one before; ends early with one that did not pass. */
    public CompletionStage<List<Finding>> run(List<Trial> trials, Deadline deadline) {
        return run(trials, deadline, new ArrayList<>(trials.size()));
    }

    private CompletionStage<List<Finding>> run(List<Trial> trials, Deadline deadline, List<Finding> found) {
        if (found.size() == trials.size()
                || (!found.isEmpty() && !found.getLast().passed())) {
            return CompletableFuture.completedStage(List.copyOf(found));
        }
        return run(trials.get(found.size()), deadline).thenCompose(finding -> {
            found.add(finding);
            return run(trials, deadline, found);
        });
    }

    /** Tries one thing. {@link Trial#GET} and {@link Trial#DELETE} go by what {@link Trial#SET} left. */
    public CompletionStage<Finding> run(Trial trial, Deadline deadline) {
        var start = System.nanoTime();
        return switch (trial) {
            case PING -> found(trial, start, link.aside(redis -> redis.ping(), deadline), "PONG");
            case SET -> found(trial, start, set(Trial.SET, LIFE, deadline), "OK");
            case GET -> found(trial, start, link.aside(redis -> redis.get(key(Trial.SET)), deadline), VALUE);
            case DELETE -> found(trial, start, link.aside(redis -> redis.del(key(Trial.SET)), deadline), 1L);
            case EXPIRY -> expiry(start, deadline);
            case SCRIPT, TIME, HASH, LIST, SORTED_SET -> found(trial, start, script(trial, deadline), AS_EXPECTED);
        };
    }

    private CompletionStage<Reply<String>> set(Trial trial, Duration life, Deadline deadline) {
        var expires = SetArgs.Builder.px(life.toMillis());
        return link.call(redis -> redis.set(key(trial), VALUE, expires), deadline);
    }

    private CompletionStage<Finding> expiry(long start, Deadline deadline) {
        return set(Trial.EXPIRY, SHORT_LIFE, deadline).thenCompose(set -> {
            if (!(set instanceof Answered)) {
                return CompletableFuture.completedStage(finding(Trial.EXPIRY, start, set, "OK"));
            }
            var over =
                    CompletableFuture.delayedExecutor(SHORT_LIFE.toMillis() * 2, TimeUnit.MILLISECONDS, Runnable::run);
            return CompletableFuture.runAsync(() -> {}, over)
                    .thenCompose(_ -> found(Trial.EXPIRY, start, script(Trial.EXPIRY, deadline), AS_EXPECTED));
        });
    }

    private CompletionStage<Reply<List<Object>>> script(Trial trial, Deadline deadline) {
        return link.run(ScriptCall.of(Scripts.of(trial), List.of(key(trial)), List.of()), deadline);
    }

    private String key(Trial trial) {
        return "gh:{_probe:" + tag + "}:" + trial.word();
    }

    private static CompletionStage<Finding> found(
            Trial trial, long start, CompletionStage<? extends Reply<?>> asked, Object expected) {
        return asked.thenApply(reply -> finding(trial, start, reply, expected));
    }

    private static Finding finding(Trial trial, long start, Reply<?> reply, Object expected) {
        var latency = Duration.ofNanos(System.nanoTime() - start);
        return switch (reply) {
            case Answered<?>(var value) ->
                expected.equals(value)
                        ? new Finding.Passed(trial, latency)
                        : new Finding.Refused(trial, Finding.OTHER_ANSWER);
            case Reply.Refused<?>(var code) -> new Finding.Refused(trial, code);
            case NotSent<?>(var trouble) -> new Finding.Unanswered(trial, trouble);
            case Unknown<?>(var trouble) -> new Finding.Unanswered(trial, trouble);
        };
    }

    /** Read when the first of them is tried. */
    private static final class Scripts {

        private static final Script SCRIPT = read(Trial.SCRIPT);
        private static final Script TIME = read(Trial.TIME);
        private static final Script HASH = read(Trial.HASH);
        private static final Script LIST = read(Trial.LIST);
        private static final Script SORTED_SET = read(Trial.SORTED_SET);
        private static final Script EXPIRY = read(Trial.EXPIRY);

        private static Script read(Trial trial) {
            return Script.beside(Trials.class, "try-" + trial.word());
        }

        static Script of(Trial trial) {
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
