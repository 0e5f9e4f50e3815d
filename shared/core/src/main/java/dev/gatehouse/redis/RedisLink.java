package dev.gatehouse.redis;

import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.ScriptSender.Asked;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.netty.util.HashedWheelTimer;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one connection to Redis of this process, shared by all its threads.
 *
 * <p>It is opened when first needed or {@link #openInBackground ahead} of that, and anew after it was lost. Whatever is sent through
 * it is answered by the deadline with a {@link Reply}, never with an exception; what was sent is not sent again because Redis
 * stays silent. While Redis fails, a circuit answers in its stead and lets one probe through from time to time. A Redis that
 * answers and refuses to write fails too: with a probe goes a write of the link's own, to a key {@code gh:{…}:write} that
 * lives for a second, and when that is done it is well again.
 *
 * <p>Stages complete on an I/O thread of the connection or on the link's timer thread; their callbacks must not block.
 */
public final class RedisLink implements AutoCloseable {

    /** The precision of deadlines. */
    private static final long TICK_MILLIS = 5;

    private final RedisSettings settings;
    private final HashedWheelTimer timer;
    private final ConnectionHolder one;
    private final ResultEvaluator judgement;
    private final ScriptSender scripts;
    private final long commandNanos;

    /** A link to the Redis of {@code settings}. It makes no connection and starts no thread before it is used. */
    public static RedisLink to(RedisSettings settings) {
        return to(settings, Function.identity(), MicroClock::now);
    }

    /** As {@link #to(RedisSettings)}; a connection that cannot be opened is tried for twice more, after short pauses. */
    public static RedisLink retrying(RedisSettings settings) {
        return to(settings, Retrying::new, MicroClock::now);
    }

    /**
     * @param opening what to put around the opening of connections, such as a retry
     * @param callerMicros this process's clock in microseconds since 1970, for scripts that cannot ask Redis's
     */
    static RedisLink to(RedisSettings settings, Function<Connector, Connector> opening, LongSupplier callerMicros) {
        var timer = new HashedWheelTimer(
                new DefaultThreadFactory("gatehouse-timer", true), TICK_MILLIS, TimeUnit.MILLISECONDS);
        return new RedisLink(settings, opening.apply(new LettuceConnector(settings, timer)), timer, callerMicros);
    }

    private RedisLink(RedisSettings settings, Connector connector, HashedWheelTimer timer, LongSupplier callerMicros) {
        this.settings = settings;
        this.timer = timer;
        this.one = new ConnectionHolder(connector, timer, settings.timeouts().trustedIdle());
        this.judgement = new ResultEvaluator(one, settings.cluster());
        this.scripts = new ScriptSender(new ScriptClock(settings.clock(), callerMicros));
        this.commandNanos = settings.timeouts().command().toNanos();
    }

    public RedisSettings settings() {
        return settings;
    }

    /** Whether all keys of one script must share a slot. */
    public boolean isClustered() {
        return judgement.slotsMatter();
    }

    /** For display: {@code closed}, {@code open} or {@code half-open}. */
    public String circuitState() {
        return judgement.circuit().stateName();
    }

    /** Why Redis does not serve, as the latest failure showed it; null while it does, or was not asked yet. */
    public @Nullable LinkFailure failure() {
        return judgement.outage().current();
    }

    /** Tells {@code listener} of every outage and of every change of the circuit from now on. */
    public void addOutageListener(OutageListener listener) {
        judgement.outage().add(listener);
    }

    /** Tells {@code listener} of all that is asked of Redis from now on, and of what came of it. */
    public void addCommandListener(CommandListener listener) {
        judgement.traffic().add(listener);
    }

    /**
     * Starts to open the connection on a background thread and returns at once. A failure has no effect: the first command
     * opens the connection.
     */
    public void openInBackground() {
        Thread.ofPlatform().daemon().name("gatehouse-open").start(() -> {
            if (startTimer()) {
                one.obtain();
            }
        });
    }

    /** Runs one script. The stage completes by the deadline, and never exceptionally. */
    public CompletionStage<Reply<List<Object>>> run(ScriptCall call, Deadline deadline) {
        var hindrance = hindrance(deadline);
        var permit = hindrance == null ? judgement.circuit().tryAcquire() : null;
        if (permit == null) {
            return unsent(call, hindrance == null ? FailureReason.CIRCUIT_OPEN : hindrance);
        }
        var exchange = new PendingCommand<List<Object>>(judgement, permit, deadline, call);
        var asked = new Asked(call, exchange);
        whenConnected(List.of(exchange), connection -> {
            if (exchange.commit(timer, connection, commandNanos)) {
                scripts.send(asked, connection);
            }
        });
        return exchange.reply();
    }

    /** Runs several scripts, written to the connection in one flush; the stages are in the order of the calls. */
    public List<CompletionStage<Reply<List<Object>>>> runAll(List<ScriptCall> calls, Deadline deadline) {
        if (calls.isEmpty()) {
            return List.of();
        }
        var hindrance = hindrance(deadline);
        var permit = hindrance == null ? judgement.circuit().tryAcquire() : null;
        if (permit == null) {
            var trouble = hindrance == null ? FailureReason.CIRCUIT_OPEN : hindrance;
            return calls.stream()
                    .map(call -> this.<List<Object>>unsent(call, trouble))
                    .toList();
        }
        var asked = new ArrayList<Asked>(calls.size());
        var exchanges = new ArrayList<PendingCommand<List<Object>>>(calls.size());
        var replies = new ArrayList<CompletionStage<Reply<List<Object>>>>(calls.size());
        for (var call : calls) {
            var exchange = new PendingCommand<List<Object>>(judgement, permit, deadline, call);
            asked.add(new Asked(call, exchange));
            exchanges.add(exchange);
            replies.add(exchange.reply());
        }
        whenConnected(exchanges, connection -> scripts.send(committed(asked, connection), connection));
        return replies;
    }

    /** Those that are not given up yet; from now on they are on their way. */
    private List<Asked> committed(List<Asked> asked, Connection connection) {
        var committed = new ArrayList<Asked>(asked.size());
        for (var each : asked) {
            if (each.exchange().commit(timer, connection, commandNanos)) {
                committed.add(each);
            }
        }
        return committed;
    }

    /**
     * Sends any Redis command, as {@code redis -> redis.hset("key", "field", "value")}. The stage completes by the
     * deadline, and exceptionally only with what {@code command} itself throws. Commands that block ({@code BLPOP}) or
     * change the connection ({@code SUBSCRIBE}, {@code MULTI}) do not belong on a shared connection.
     */
    public <T extends @Nullable Object> CompletionStage<Reply<T>> call(
            Function<? super RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command,
            Deadline deadline) {
        var hindrance = hindrance(deadline);
        var permit = hindrance == null ? judgement.circuit().tryAcquire() : null;
        if (permit == null) {
            return unsent(null, hindrance == null ? FailureReason.CIRCUIT_OPEN : hindrance);
        }
        return send(new PendingCommand<>(judgement, permit, deadline, null), command);
    }

    /**
     * As {@link #call}, for a question on which no decision hangs: whatever comes of it counts neither for Redis nor
     * against it, so that who only looks changes nothing. Nothing is sent while the circuit is not closed.
     */
    public <T extends @Nullable Object> CompletionStage<Reply<T>> callUntracked(
            Function<? super RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command,
            Deadline deadline) {
        var hindrance = hindrance(deadline);
        var circuit = judgement.circuit();
        var permit = hindrance == null && circuit.isClosed() ? circuit.tryAcquire() : null;
        if (permit == null) {
            return unsent(null, hindrance == null ? FailureReason.CIRCUIT_OPEN : hindrance);
        }
        return send(PendingCommand.unjudged(judgement, permit, deadline), command);
    }

    private <T extends @Nullable Object> CompletionStage<Reply<T>> send(
            PendingCommand<T> exchange,
            Function<? super RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        whenConnected(List.of(exchange), connection -> {
            if (exchange.commit(timer, connection, commandNanos)) {
                send(exchange, command, connection);
            }
        });
        return exchange.reply();
    }

    /** Asks whether Redis answers: {@code PING}. As {@link #call}. */
    public CompletionStage<Reply<String>> ping(Deadline deadline) {
        return call(redis -> redis.ping(), deadline);
    }

    private static <T extends @Nullable Object> void send(
            PendingCommand<T> exchange,
            Function<? super RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command,
            Connection connection) {
        try {
            var pending = command.apply(connection.commands());
            exchange.sent(() -> pending.toCompletableFuture().cancel(true));
            pending.whenComplete((value, thrown) -> {
                if (thrown == null) {
                    exchange.settle(new Answered<>(value));
                } else {
                    settleFailed(exchange, thrown);
                }
            });
        } catch (RuntimeException e) {
            settleFailed(exchange, e);
        }
    }

    private static void settleFailed(PendingCommand<?> exchange, Throwable thrown) {
        if (DriverError.isDrivers(thrown)) {
            exchange.settle(DriverError.reply(thrown));
        } else {
            exchange.settleFaulty(DriverError.unwrapped(thrown));
        }
    }

    /** Why it is in vain to ask the circuit, which knows all by now; who could not send must not use up its probe. */
    private @Nullable FailureReason hindrance(Deadline deadline) {
        if (judgement.isClosed()) {
            return FailureReason.CLOSED;
        }
        return deadline.isSpent() ? FailureReason.DEADLINE : null;
    }

    private <T extends @Nullable Object> CompletionStage<Reply<T>> unsent(
            @Nullable ScriptCall call, FailureReason trouble) {
        var reply = new NotSent<T>(trouble);
        judgement.traffic().unsent(call, reply);
        return CompletableFuture.completedFuture(reply);
    }

    private void whenConnected(List<? extends PendingCommand<?>> exchanges, Consumer<Connection> send) {
        var ready = one.current();
        if (ready != null) {
            sendOn(ready, exchanges.getFirst(), send);
            return;
        }
        if (!startTimer()) {
            exchanges.forEach(PendingCommand::linkClosed);
            return;
        }
        exchanges.forEach(exchange -> exchange.awaitConnection(timer, commandNanos));
        one.obtain().whenComplete((connection, thrown) -> {
            if (connection != null) {
                sendOn(connection, exchanges.getFirst(), send);
                return;
            }
            judgement.cannotConnect(ConnectFailure.because(thrown).failure());
            exchanges.forEach(exchange -> exchange.giveUp(FailureReason.NOT_CONNECTED));
        });
    }

    /** Sends, and a write of our own behind it, if it is in doubt whether Redis writes. Behind, so as not to hold it up. */
    private void sendOn(Connection connection, PendingCommand<?> first, Consumer<Connection> send) {
        if (!first.isQuestion() || !judgement.doubt().wantsTrial(first.permit())) {
            send.accept(connection);
            return;
        }
        first.permit().leaveToTrial();
        send.accept(connection);
        var call = judgement.doubt().trial();
        var trial = first.trial(call);
        if (trial.commit(timer, connection, commandNanos)) {
            scripts.send(new Asked(call, trial), connection);
        }
    }

    /**
     * Before it is used, since Netty's timer has whoever starts it while it is being stopped wait for ever; false where
     * it is too late for that, and nobody may use it.
     */
    private boolean startTimer() {
        synchronized (timer) {
            if (judgement.isClosed()) {
                return false;
            }
            timer.start();
            return true;
        }
    }

    /** Closes the connection and ends the link's threads. What is under way ends unknown, what comes after is not sent. */
    @Override
    public void close() {
        synchronized (timer) {
            judgement.close();
        }
        one.close();
        for (var unwatched : timer.stop()) {
            if (unwatched.task() instanceof PendingCommand<?> exchange) {
                exchange.linkClosed();
            }
        }
    }
}
