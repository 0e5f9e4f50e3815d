// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import dev.gatehouse.redis.CircuitBreaker.Permit;
import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.redis.PendingCommand.Kind;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.lettuce.DeadlineTimer;
import dev.gatehouse.redis.lettuce.LettuceConnector;
import dev.gatehouse.redis.lettuce.RedisConnection;
import dev.gatehouse.redis.sentinel.SentinelReport;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection to Redis that all threads of a process share.
 *
 * <p>The connection opens with the first command, or {@link #openInBackground earlier}, and again after it was lost. Every
 * command completes by its deadline with a {@link Reply}, never exceptionally. A command without a reply is not sent again.
 *
 * <p>While Redis fails, a circuit breaker rejects commands and admits one probe from time to time. A Redis that replies but
 * rejects writes counts as failing. In this case {@code probe.lua} follows the probe, with a key {@code gh:{…}:write} that it
 * deletes, and the circuit closes when that script succeeds. A missing right of the user is an outage until the script
 * succeeds, too, but leaves the circuit closed: the user may have the rights that other functions need.
 *
 * <p>Stages complete on an I/O thread of the connection or on the link's timer thread; their callbacks must not block.
 */
public final class RedisLink implements AutoCloseable {

    private final RedisSettings settings;
    private final DeadlineTimer timer;
    private final ConnectionHolder holder;
    private final ResultEvaluator evaluator;
    private final CommandSender sender;
    private final long commandNanos;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile Runnable afterClose = () -> {};

    /** Creates a link. It opens no connection and starts no thread before its first use, and does not retry openings. */
    public static RedisLink to(RedisSettings settings) {
        return to(settings, MicroClock::now);
    }

    /**
     * Creates a link like {@link #to(RedisSettings)}, with a clock.
     *
     * @param callerMicros the microseconds since 1970, for scripts that do not use the clock of Redis
     */
    public static RedisLink to(RedisSettings settings, LongSupplier callerMicros) {
        var timer = new DeadlineTimer();
        return new RedisLink(settings, timer, new LettuceConnector(settings, timer), callerMicros);
    }

    /**
     * Creates a link for a program without a Micronaut context, to the Redis that the environment names. It retries a
     * failed opening up to twice, after a backoff with jitter. It starts a context of its own and closes it.
     *
     * @throws InvalidSetting if a setting is malformed or contradicts another
     */
    public static RedisLink fromEnvironment() {
        return LinkContext.start();
    }

    /** Creates a link like {@link #fromEnvironment()}, to the Redis of {@code settings}. */
    public static RedisLink retrying(RedisSettings settings) {
        return LinkContext.start(settings);
    }

    RedisLink(RedisSettings settings, DeadlineTimer timer, LettuceConnector connector, LongSupplier callerMicros) {
        this.settings = settings;
        this.timer = timer;
        this.holder = new ConnectionHolder(connector, timer, settings.timeouts().trustedIdle());
        this.evaluator = new ResultEvaluator(settings.cluster());
        this.sender = new CommandSender(settings.clock(), callerMicros);
        this.commandNanos = settings.timeouts().command().toNanos();
    }

    RedisLink afterClose(Runnable action) {
        afterClose = action;
        return this;
    }

    public RedisSettings settings() {
        return settings;
    }

    /** Returns whether all keys of one script must share a slot. */
    public boolean isClustered() {
        return evaluator.isClustered();
    }

    public CircuitState circuitState() {
        return evaluator.circuit().state();
    }

    /** Returns the latest failure of the current outage; null while there is none. */
    public @Nullable LinkFailure failure() {
        return evaluator.outage().current();
    }

    /** Queries all Sentinels, within {@link RedisSettings#sentinelBudget}. Completes with null if there are none. */
    public CompletionStage<@Nullable SentinelReport> querySentinels() {
        var _ = startTimer();
        return holder.querySentinels();
    }

    /** Adds a listener for outages and for changes of the circuit breaker. */
    public void addOutageListener(OutageListener listener) {
        evaluator.outage().add(listener);
    }

    /** Adds a listener for the outcome of every command. */
    public void addCommandListener(CommandListener listener) {
        evaluator.listeners().add(listener);
    }

    /**
     * Starts to open the connection on a background thread and returns at once. A failure has no effect: the first command
     * opens the connection.
     */
    public void openInBackground() {
        Thread.ofPlatform().daemon().name("gatehouse-open").start(() -> {
            if (startTimer()) {
                holder.obtain();
            }
        });
    }

    /** Runs one script. The stage completes by the deadline, and never exceptionally. */
    public CompletionStage<Reply<ScriptReply>> run(ScriptCall call, Deadline deadline) {
        var permit = admit(deadline);
        if (permit == null) {
            return unsent(call, deadline);
        }
        var command = new PendingCommand<ScriptReply>(evaluator, Kind.COMMAND, permit, deadline, call);
        return submit(command, connection -> sender.send(command, connection));
    }

    /** Runs several scripts, written in one flush. The stages are in the order of the calls. */
    public List<CompletionStage<Reply<ScriptReply>>> runAll(List<ScriptCall> calls, Deadline deadline) {
        if (calls.isEmpty()) {
            return List.of();
        }
        var permit = admit(deadline);
        if (permit == null) {
            return calls.stream()
                    .map(call -> this.<ScriptReply>unsent(call, deadline))
                    .toList();
        }
        var commands = new ArrayList<PendingCommand<ScriptReply>>(calls.size());
        calls.forEach(call -> commands.add(new PendingCommand<>(evaluator, Kind.COMMAND, permit, deadline, call)));
        List<CompletionStage<Reply<ScriptReply>>> replies = new ArrayList<>(calls.size());
        commands.forEach(command -> replies.add(command.reply()));
        whenConnected(commands, connection -> {
            commands.removeIf(command -> !command.markSent(timer, connection, commandNanos));
            sender.send(commands, connection);
        });
        return replies;
    }

    /**
     * Sends any command, such as {@code redis -> redis.hset("key", "field", "value")}. The stage completes by the deadline.
     * It completes exceptionally only with an exception that {@code command} itself throws. The connection is shared, so
     * do not send commands that block ({@code BLPOP}) or change it ({@code SUBSCRIBE}, {@code MULTI}).
     */
    public <T extends @Nullable Object> CompletionStage<Reply<T>> call(
            Function<? super RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command,
            Deadline deadline) {
        return call(Kind.COMMAND, admit(deadline), command, deadline);
    }

    /**
     * Sends a diagnostic command like {@link #call}. The outcome does not affect the circuit breaker or outages. Nothing is
     * sent unless the circuit is closed.
     */
    public <T extends @Nullable Object> CompletionStage<Reply<T>> callUntracked(
            Function<? super RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command,
            Deadline deadline) {
        return call(Kind.UNTRACKED, evaluator.circuit().isClosed() ? admit(deadline) : null, command, deadline);
    }

    private <T extends @Nullable Object> CompletionStage<Reply<T>> call(
            Kind kind,
            @Nullable Permit permit,
            Function<? super RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command,
            Deadline deadline) {
        if (permit == null) {
            return unsent(null, deadline);
        }
        var pending = new PendingCommand<T>(evaluator, kind, permit, deadline, null);
        return submit(pending, connection -> sender.send(pending, command, connection));
    }

    /** Sends {@code PING}, like {@link #call}. */
    public CompletionStage<Reply<String>> ping(Deadline deadline) {
        return call(redis -> redis.ping(), deadline);
    }

    /** Returns null if nothing can be sent. The circuit is last, so that an unsent command does not use up the probe. */
    private @Nullable Permit admit(Deadline deadline) {
        return evaluator.isClosed() || deadline.isSpent()
                ? null
                : evaluator.circuit().tryAcquire();
    }

    private <T extends @Nullable Object> CompletionStage<Reply<T>> unsent(
            @Nullable ScriptCall call, Deadline deadline) {
        var reply = new NotSent<T>(
                evaluator.isClosed()
                        ? FailureReason.CLOSED
                        : deadline.isSpent() ? FailureReason.DEADLINE : FailureReason.CIRCUIT_OPEN);
        evaluator.report(call, reply, 0);
        return CompletableFuture.completedFuture(reply);
    }

    private <T extends @Nullable Object> CompletionStage<Reply<T>> submit(
            PendingCommand<T> command, Consumer<RedisConnection> send) {
        whenConnected(List.of(command), connection -> {
            if (command.markSent(timer, connection, commandNanos)) {
                send.accept(connection);
            }
        });
        return command.reply();
    }

    private void whenConnected(List<? extends PendingCommand<?>> commands, Consumer<RedisConnection> send) {
        var first = commands.getFirst();
        var ready = holder.current();
        if (ready != null) {
            sendOn(ready, first, send);
            return;
        }
        if (!startTimer()) {
            commands.forEach(PendingCommand::linkClosed);
            return;
        }
        commands.forEach(command -> command.awaitConnection(timer, commandNanos));
        holder.obtain().whenComplete((connection, thrown) -> {
            if (connection != null) {
                sendOn(connection, first, send);
                return;
            }
            evaluator.connectFailed(LinkFailure.of(thrown));
            commands.forEach(command -> command.endUnsent(FailureReason.NOT_CONNECTED));
        });
    }

    /** Sends the command, and after it a write probe if one is due. The probe comes second so as not to delay the command. */
    private void sendOn(RedisConnection connection, PendingCommand<?> first, Consumer<RedisConnection> send) {
        if (first.kind() == Kind.UNTRACKED || !evaluator.writeProbe().isDue(first.permit())) {
            send.accept(connection);
            return;
        }
        first.permit().deferToWriteProbe();
        send.accept(connection);
        var write = first.writeProbe(evaluator.writeProbe().call());
        if (write.markSent(timer, connection, commandNanos)) {
            sender.send(write, connection);
        }
    }

    /** Starts the timer; returns false once the link is closed. Netty's timer deadlocks if started while it stops. */
    private boolean startTimer() {
        synchronized (timer) {
            if (evaluator.isClosed()) {
                return false;
            }
            timer.start();
            return true;
        }
    }

    /** Closes the connection and stops the threads. Commands in flight end as unknown; later ones are not sent. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        synchronized (timer) {
            evaluator.close();
        }
        holder.close();
        for (var task : timer.stop()) {
            if (task instanceof PendingCommand<?> command) {
                command.linkClosed();
            }
        }
        afterClose.run();
    }
}
