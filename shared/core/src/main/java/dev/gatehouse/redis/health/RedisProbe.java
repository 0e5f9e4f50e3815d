package dev.gatehouse.redis.health;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkFailure;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.health.CheckResult.Passed;
import dev.gatehouse.redis.health.CheckResult.Refused;
import dev.gatehouse.redis.health.CheckResult.Unanswered;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Looks at Redis through a function's own link: nothing is opened for it that a decision would not open, and the circuit
 * holds it back as it does decisions. The stages complete by their deadline, and never exceptionally.
 *
 * <p>Safe for threads; one for a link, since it remembers how the slow log was.
 */
public final class RedisProbe {

    private static final List<HealthCheck> WRITE = List.of(HealthCheck.SET);

    private final RedisLink link;
    private final RedisSettings settings;
    private final SlowLogWatch slowLog = new SlowLogWatch(System::nanoTime);

    public RedisProbe(RedisLink link) {
        this.link = link;
        this.settings = link.settings();
    }

    /** What a look at {@code trials} may take beyond what a decision may. */
    public Duration allowance(List<HealthCheck> trials) {
        return settings.timeouts().command().multipliedBy(trials.size() + 1L);
    }

    /** Whether a decision could be made now: one write, which expires by itself. It tells no facts. */
    public CompletionStage<RedisHealth> glance(Deadline deadline) {
        return new HealthChecks(link).run(HealthCheck.SET, deadline).thenApply(finding -> switch (finding) {
            case Passed _, Refused _ -> connected(List.of(finding), ServerFacts.withheld("it was not asked"));
            case Unanswered unanswered -> unanswered(finding, unanswered.trouble());
        });
    }

    /**
     * Tries {@code trials} in turn until one does not pass, and asks Redis what it tells of itself. One write comes before,
     * which opens the connection where there is none and is not counted into any latency.
     */
    public CompletionStage<RedisHealth> look(List<HealthCheck> trials, Deadline deadline) {
        var run = new HealthChecks(link);
        return run.run(WRITE, deadline).thenCompose(first -> switch (first.getFirst()) {
            case Passed _ -> run.run(trials, deadline).thenCompose(found -> judged(found, deadline));
            case Refused _, Unanswered _ -> judged(first, deadline);
        });
    }

    /** What Redis tells of itself, without a trial. */
    public CompletionStage<ServerFacts> facts(Deadline deadline) {
        return new ServerInquiry(link, deadline).ask();
    }

    private CompletionStage<RedisHealth> judged(List<CheckResult> found, Deadline deadline) {
        if (found.getLast() instanceof Unanswered unanswered) {
            return CompletableFuture.completedStage(unanswered(unanswered, unanswered.trouble()));
        }
        return facts(deadline).thenApply(facts -> connected(found, facts));
    }

    private RedisHealth connected(List<CheckResult> found, ServerFacts facts) {
        var total = facts.slowLogTotal().value();
        var slow = total == null ? 0 : slowLog.grownTo(total);
        return new Connected(
                found,
                facts,
                new Diagnostics(settings).in(found).in(facts, slow).inSettings().signs());
    }

    private RedisHealth unanswered(CheckResult finding, FailureReason trouble) {
        var failure = link.failure();
        var code = failure == null ? null : failure.code();
        if (trouble == FailureReason.CIRCUIT_OPEN && failure != null && failure.connected() && code != null) {
            // It does answer, and each time with the same error.
            return connected(
                    List.of(new Refused(finding.trial(), code)),
                    ServerFacts.withheld("it is left alone for a moment, since " + failure.why()));
        }
        var symptoms = new Diagnostics(settings);
        if (failure != null) {
            symptoms.in(failure);
        }
        return new Disconnected(error(trouble, failure), symptoms.inSettings().signs());
    }

    private static String error(FailureReason trouble, @Nullable LinkFailure failure) {
        var why = failure == null ? why(trouble) : failure.why();
        return trouble == FailureReason.CIRCUIT_OPEN ? why + "; it is asked again within two seconds" : why;
    }

    private static String why(FailureReason trouble) {
        return switch (trouble) {
            case CIRCUIT_OPEN -> "it failed a moment ago";
            case NOT_CONNECTED -> "there is no connection";
            case DEADLINE -> "no answer within the time there was";
            case QUEUE_FULL -> "too many commands are waiting for it";
            case CONNECTION_LOST -> "the connection broke";
            case CLOSED -> "the link is closed";
        };
    }
}
