package dev.gatehouse.redis;

import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the exchanges show of Redis, for all that goes by it: the circuit, the listeners to outages, the connection. */
final class ResultEvaluator {

    /** Errors by which Redis says that it cannot serve now, whoever asks. */
    private static final Set<String> UNWELL = Set.of(
            "BUSY",
            "CLUSTERDOWN",
            "LOADING",
            "MASTERDOWN",
            "MISCONF",
            "MOVED",
            "NOAUTH",
            "NOPERM",
            "NOREPLICAS",
            "OOM",
            "READONLY",
            "TRYAGAIN");

    /** Those after which another connection may find a better Redis: a new primary, another password. */
    private static final Set<String> ELSEWHERE = Set.of("MASTERDOWN", "NOAUTH", "READONLY");

    /** While one node fails the others answer: without a pause between the two, each answer would end an outage. */
    private static final Duration CLUSTERS_CALM = Duration.ofSeconds(1);

    private final ConnectionHolder one;
    private final CircuitBreaker circuit;
    private final OutageDetector outage;
    private final CommandListeners traffic = new CommandListeners();
    private final Refusals refusals = new Refusals();
    private final WriteProbe doubt = new WriteProbe(System::nanoTime);
    private volatile LinkFailure cannotConnect = new LinkFailure("there is no connection yet", null, false);
    private volatile boolean slotsMatter;
    private volatile boolean closed;

    ResultEvaluator(ConnectionHolder one, boolean cluster) {
        this.one = one;
        this.slotsMatter = cluster;
        this.outage = new OutageDetector(cluster ? CLUSTERS_CALM : Duration.ZERO);
        this.circuit = new CircuitBreaker(System::nanoTime, bound -> Chance.between(0, bound + 1), outage::circuit);
    }

    CircuitBreaker circuit() {
        return circuit;
    }

    OutageDetector outage() {
        return outage;
    }

    CommandListeners traffic() {
        return traffic;
    }

    WriteProbe doubt() {
        return doubt;
    }

    /** Whether Redis wants all keys of one script in one slot. */
    boolean slotsMatter() {
        return slotsMatter;
    }

    /** Says why the last opening failed, for the exchanges that fail by it. */
    void cannotConnect(LinkFailure why) {
        cannotConnect = why;
    }

    /** Takes note of what an exchange showed of Redis; called once for each, before its asker knows. */
    void concluded(PendingCommand<?> exchange, Reply<?> reply) {
        var connection = exchange.connection();
        switch (reply) {
            case Answered<?> _ -> well(exchange, connection);
            case Refused<?>(var code) -> refused(exchange, connection, code);
            case NotSent<?>(var trouble) -> unwell(exchange, connection, trouble);
            case Unknown<?>(var trouble) -> unwell(exchange, connection, trouble);
        }
        traffic.concluded(exchange, reply);
    }

    /**
     * Takes note of what a write of our own showed, which went along with a question. It ends the doubt; what its refusal
     * costs is a probe, and no more: whoever only reads goes on as long as nobody else fails.
     */
    void tried(PendingCommand<?> trial, Reply<?> reply) {
        switch (reply) {
            case Answered<?> _ -> {
                doubt.settle();
                well(trial, trial.connection());
            }
            case Refused<?>(var code)
            when WriteProbe.isRefusal(code) -> {
                if (trial.permit().isProbe()) {
                    refused(trial, trial.connection(), code);
                }
            }
            case Refused<?> _ -> {
                doubt.settle();
                learnedNothing(trial);
            }
            case NotSent<?> _, Unknown<?> _ -> learnedNothing(trial);
        }
        traffic.concluded(trial, reply);
    }

    /** Takes note that an exchange is over which is not to be held for or against Redis, though listeners hear of it. */
    void passedOver(PendingCommand<?> exchange, Reply<?> reply) {
        learnedNothing(exchange);
        traffic.concluded(exchange, reply);
    }

    /** Takes note that an exchange is over which showed nothing of Redis, or is not to be held for or against it. */
    void learnedNothing(PendingCommand<?> exchange) {
        circuit.learnedNothing(exchange.permit());
    }

    private void well(PendingCommand<?> exchange, @Nullable Connection connection) {
        if (connection != null) {
            connection.answered();
        }
        if (doubt.isRaised()) {
            readsAtLeast(exchange, connection);
            return;
        }
        circuit.succeeded(exchange.permit());
        outage.answered();
    }

    /** It answered, which one that does not write does too. On a cluster it may be another node that does not. */
    private void readsAtLeast(PendingCommand<?> exchange, @Nullable Connection connection) {
        if (connection != null && connection.isClustered()) {
            circuit.succeeded(exchange.permit());
        } else if (!exchange.permit().isLeftToTrial()) {
            learnedNothing(exchange);
        }
    }

    private void refused(PendingCommand<?> exchange, @Nullable Connection connection, String code) {
        if (code.equals("CROSSSLOT")) {
            slotsMatter = true;
        }
        if (!UNWELL.contains(code)) {
            well(exchange, connection);
            refusals.note(code);
            return;
        }
        if (WriteProbe.isRefusal(code)) {
            doubt.raise(exchange.call());
        }
        circuit.failed(exchange.permit());
        outage.failed(LinkFailure.answering(code));
        if (connection != null && ELSEWHERE.contains(code)) {
            one.discard(connection);
        }
    }

    private void unwell(PendingCommand<?> exchange, @Nullable Connection connection, FailureReason trouble) {
        if (connection != null && isDead(exchange, connection, trouble)) {
            one.discard(connection);
        }
        if (closed || (exchange.isCutShort() && trouble == FailureReason.DEADLINE)) {
            circuit.learnedNothing(exchange.permit());
            return;
        }
        circuit.failed(exchange.permit());
        outage.failed(
                switch (trouble) {
                    case NOT_CONNECTED -> cannotConnect;
                    case DEADLINE -> LinkFailure.silence("no answer within its time");
                    case CONNECTION_LOST -> LinkFailure.silence("the connection broke");
                    case QUEUE_FULL -> LinkFailure.silence("too many commands are waiting for it");
                    case CIRCUIT_OPEN, CLOSED -> LinkFailure.silence("it is not asked");
                });
    }

    /** Where a probe fails, a fresh connection is the better next try; on a cluster it comes with a fresh topology. */
    private static boolean isDead(PendingCommand<?> exchange, Connection connection, FailureReason trouble) {
        return switch (trouble) {
            case CONNECTION_LOST ->
                !connection.isClustered() || exchange.permit().isProbe();
            case DEADLINE ->
                !exchange.isCutShort()
                        && (connection.timedOut() || exchange.permit().isProbe());
            case NOT_CONNECTED -> exchange.permit().isProbe();
            case QUEUE_FULL, CIRCUIT_OPEN, CLOSED -> false;
        };
    }

    boolean isClosed() {
        return closed;
    }

    /** From now on nothing is Redis's fault. */
    void close() {
        closed = true;
    }
}
