// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import dev.gatehouse.redis.lettuce.RedisConnection;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Evaluates the outcome of each command for the circuit breaker, the outage detector and the connection. */
final class ResultEvaluator {

    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

    /** Bounds the memory against a server that invents error codes. */
    private static final int MAX_LOGGED_ERRORS = 32;

    /** Errors with which Redis reports that it cannot serve any client at the moment. */
    private static final Set<String> UNAVAILABLE = Set.of(
            "BUSY",
            "CLUSTERDOWN",
            "LOADING",
            "MASTERDOWN",
            "MISCONF",
            "MOVED",
            "NOAUTH",
            WriteProbe.NOT_PERMITTED,
            "NOREPLICAS",
            "OOM",
            "READONLY",
            "TRYAGAIN");

    /** Errors after which a new connection may succeed: a new primary, another password. */
    private static final Set<String> RECONNECT = Set.of("MASTERDOWN", "NOAUTH", "NOREPLICAS", "READONLY");

    /** Keeps replies of healthy cluster nodes from ending an outage while another node fails. */
    private static final Duration CLUSTER_QUIET_PERIOD = Duration.ofSeconds(1);

    private final CircuitBreaker circuit;
    private final OutageDetector outage;
    private final Listeners<CommandListener> listeners = new Listeners<>();
    private final Set<String> loggedErrors = ConcurrentHashMap.newKeySet();
    private final WriteProbe writeProbe = new WriteProbe(System::nanoTime);
    private volatile LinkFailure connectFailure = new LinkFailure("there is no connection yet", null, false);
    private volatile boolean clustered;
    private volatile boolean closed;

    ResultEvaluator(boolean cluster) {
        this.clustered = cluster;
        this.outage = new OutageDetector(cluster ? CLUSTER_QUIET_PERIOD : Duration.ZERO);
        this.circuit = new CircuitBreaker(System::nanoTime, bound -> Jitter.between(0, bound + 1), outage::circuit);
    }

    CircuitBreaker circuit() {
        return circuit;
    }

    OutageDetector outage() {
        return outage;
    }

    Listeners<CommandListener> listeners() {
        return listeners;
    }

    WriteProbe writeProbe() {
        return writeProbe;
    }

    boolean isClustered() {
        return clustered;
    }

    void connectFailed(LinkFailure failure) {
        connectFailure = failure;
    }

    /** Evaluates the outcome of a command; called once for each, before the caller receives it. */
    void evaluate(PendingCommand<?> command, Reply<?> reply) {
        switch (command.kind()) {
            case COMMAND -> evaluateCommand(command, reply);
            case WRITE_PROBE -> evaluateWriteProbe(command, reply);
            case UNTRACKED -> inconclusive(command);
        }
        report(command.call(), reply, command.nanosSinceSent());
    }

    private void evaluateCommand(PendingCommand<?> command, Reply<?> reply) {
        switch (reply) {
            case Answered<?> _ -> succeeded(command);
            case Refused<?>(var code) -> refused(command, code);
            case NotSent<?>(var reason) -> failed(command, reason);
            case Unknown<?>(var reason) -> failed(command, reason);
        }
    }

    /** Success shows that Redis accepts writes. A rejection fails only a probe of the circuit, so that reads continue. */
    private void evaluateWriteProbe(PendingCommand<?> probe, Reply<?> reply) {
        switch (reply) {
            case Answered<?> _ -> {
                writeProbe.clear();
                succeeded(probe);
            }
            case Refused<?>(var code)
            when writeProbe.isConfirmedBy(code) -> {
                if (probe.permit().isProbe()) {
                    refused(probe, code);
                }
            }
            case Refused<?> _ -> {
                writeProbe.clear();
                inconclusive(probe);
            }
            case NotSent<?> _, Unknown<?> _ -> inconclusive(probe);
        }
    }

    void inconclusive(PendingCommand<?> command) {
        circuit.release(command.permit());
    }

    void report(@Nullable ScriptCall call, Reply<?> reply, long nanosSinceSent) {
        if (listeners.isEmpty()) {
            return;
        }
        var script = call == null ? null : call.script().name();
        List<String> keys = call == null ? List.of() : call.keys();
        var nanos = reply instanceof NotSent ? 0 : nanosSinceSent;
        listeners.report(listener -> listener.concluded(script, keys, reply, nanos));
    }

    private void succeeded(PendingCommand<?> command) {
        var connection = command.connection();
        if (connection != null) {
            connection.recordReply();
        }
        if (writeProbe.hasRejection()) {
            readSucceeded(command, connection);
            return;
        }
        circuit.recordSuccess(command.permit());
        outage.recordSuccess();
    }

    /** Evaluates a success while Redis rejects writes: it still answers reads. On a cluster, another node may reject them. */
    private void readSucceeded(PendingCommand<?> command, @Nullable RedisConnection connection) {
        if (connection != null && connection.isClustered()) {
            circuit.recordSuccess(command.permit());
        } else if (!command.permit().isDeferredToWriteProbe()) {
            inconclusive(command);
        }
    }

    private void refused(PendingCommand<?> command, String code) {
        var connection = command.connection();
        if (code.equals("CROSSSLOT")) {
            clustered = true;
        }
        if (!UNAVAILABLE.contains(code)) {
            succeeded(command);
            logOnce(code);
            return;
        }
        if (WriteProbe.isRejection(code)) {
            writeProbe.recordRejection(command.call(), code);
        }
        if (code.equals(WriteProbe.NOT_PERMITTED)) {
            // Redis replies, and the user may have the rights that other functions need.
            circuit.recordSuccess(command.permit());
        } else {
            circuit.recordFailure(command.permit());
        }
        outage.recordFailure(LinkFailure.error(code));
        if (connection != null && RECONNECT.contains(code)) {
            connection.close();
        }
    }

    private void failed(PendingCommand<?> command, FailureReason reason) {
        var connection = command.connection();
        if (connection != null && isDead(command, connection, reason)) {
            connection.close();
        }
        if (closed || (command.isCutShort() && reason == FailureReason.DEADLINE)) {
            circuit.release(command.permit());
            return;
        }
        circuit.recordFailure(command.permit());
        outage.recordFailure(
                reason == FailureReason.NOT_CONNECTED ? connectFailure : LinkFailure.noReply(reason.text()));
    }

    /** Returns whether to replace the connection. A failed probe replaces it too; on a cluster this renews the topology. */
    private static boolean isDead(PendingCommand<?> command, RedisConnection connection, FailureReason reason) {
        return switch (reason) {
            case CONNECTION_LOST ->
                !connection.isClustered() || command.permit().isProbe();
            case DEADLINE ->
                !command.isCutShort()
                        && (connection.recordTimeout() || command.permit().isProbe());
            case NOT_CONNECTED -> command.permit().isProbe();
            case QUEUE_FULL, CIRCUIT_OPEN, CLOSED -> false;
        };
    }

    /** Logs each kind of error from a healthy Redis once: a foreign value under a key of Gatehouse, a bug in a script. */
    private void logOnce(String code) {
        if (loggedErrors.size() < MAX_LOGGED_ERRORS && loggedErrors.add(code)) {
            LOG.warn("Redis rejected a command with {}; logged once for each kind of error", code);
        }
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
    }
}
