// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.command;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.lettuce.CommandFailure;
import dev.gatehouse.redis.lettuce.ConnectFailure;
import dev.gatehouse.redis.lettuce.DedicatedConnections;
import dev.gatehouse.validation.InvalidArgument;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends any Redis command, blocking or asynchronously, over the connection of a link: with its deadlines, TLS, credentials
 * and circuit breaker. A command that never left this process is retried by the {@link RetryPolicy}, within the timeout of
 * the client. Any other is sent at most once.
 *
 * <p>The blocking methods throw {@link RedisUnavailable} or {@link CommandRefused}. They must not be called from a callback
 * of a stage of this client, whose thread would wait for itself. Thread-safe.
 */
public final class CommandClient implements AutoCloseable {

    private static final Duration READY_PAUSE = Duration.ofMillis(50);

    private final RedisLink link;
    private final DedicatedConnections dedicated;
    private final boolean ownsLink;
    private final Duration timeout;
    private final RetryPolicy retryPolicy;

    private CommandClient(
            RedisLink link,
            DedicatedConnections dedicated,
            boolean ownsLink,
            Duration timeout,
            RetryPolicy retryPolicy) {
        this.link = link;
        this.dedicated = dedicated;
        this.ownsLink = ownsLink;
        this.timeout = timeout;
        this.retryPolicy = retryPolicy;
    }

    /**
     * Creates a client of the Redis that the environment names, with a link of its own. It connects with the first command.
     *
     * @throws InvalidSetting if a setting is malformed or contradicts another
     */
    public static CommandClient fromEnvironment() {
        return of(RedisLink.fromEnvironment(), true);
    }

    /** Creates a client that shares the connection of {@code link}. Closing it does not close the link. */
    public static CommandClient over(RedisLink link) {
        return of(link, false);
    }

    private static CommandClient of(RedisLink link, boolean ownsLink) {
        var settings = link.settings();
        return new CommandClient(
                link, new DedicatedConnections(settings), ownsLink, settings.decisionBudget(), RetryPolicy.DEFAULT);
    }

    /**
     * Returns this client with another limit for a command with its retries and the opening of the connection. It shares
     * the connections. A command that was sent waits for its reply no longer than {@code REDIS_COMMAND_TIMEOUT}.
     *
     * @param limit 1 ms to 1 h; the default opens one connection and sends one command
     * @throws InvalidArgument if {@code limit} is out of its bounds
     */
    public CommandClient withTimeout(Duration limit) {
        InvalidArgument.requireRange("timeout", limit.toMillis(), 1, 3_600_000);
        return new CommandClient(link, dedicated, ownsLink, limit, retryPolicy);
    }

    /** Returns this client with other retries, {@link RetryPolicy#DEFAULT} by default. It shares the connections. */
    public CommandClient withRetry(RetryPolicy policy) {
        return new CommandClient(link, dedicated, ownsLink, timeout, policy);
    }

    /** Returns the link, with its listeners, health and circuit breaker. */
    public RedisLink link() {
        return link;
    }

    /**
     * Sends a command of Lettuce's API, such as {@code redis -> redis.hset("key", "field", "value")}, and returns its value.
     * It must neither block ({@code BLPOP}) nor change the connection ({@code SELECT}).
     *
     * @throws RedisUnavailable if there is no reply within the timeout
     * @throws CommandRefused if Redis replied with an error
     */
    public <T extends @Nullable Object> T call(
            Function<? super RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        return value(callAsync(command));
    }

    /**
     * Sends a command like {@link #call}. The stage completes within the timeout. It completes exceptionally only with an
     * exception that {@code command} itself throws. Once {@code command} has run, a missing reply is
     * {@link Unknown}, because it may have sent several commands.
     */
    public <T extends @Nullable Object> CompletionStage<Reply<T>> callAsync(
            Function<? super RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        return attempt(until -> once(command, until), Deadline.in(timeout), 0);
    }

    /**
     * Sends a command by its name and arguments, such as {@code execute("HSET", "key", "field", "value")}, and returns its
     * value. On a cluster, the slot of the first argument selects the node.
     *
     * @param name one word; a subcommand is the first argument
     * @param args texts and numbers
     * @throws InvalidArgument if {@code name} is malformed, an argument is of another type, or the command must not be sent
     *     on a shared connection
     * @throws RedisUnavailable if there is no reply within the timeout
     * @throws CommandRefused if Redis replied with an error
     */
    public RedisValue execute(String name, Object... args) {
        return value(executeAsync(name, args));
    }

    /**
     * Sends a command like {@link #execute}. The stage completes within the timeout, and never exceptionally.
     *
     * @throws InvalidArgument as {@link #execute}
     */
    public CompletionStage<Reply<RedisValue>> executeAsync(String name, Object... args) {
        var command = SharedCommand.of(name, args);
        return attempt(until -> link.call(command::send, until), Deadline.in(timeout), 0)
                .thenApply(reply -> reply.map(RedisValue::new));
    }

    /** Runs one attempt of {@code command}. Lettuce may have sent a part of it before it failed. */
    private <T extends @Nullable Object> CompletionStage<Reply<T>> once(
            Function<? super RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command,
            Deadline until) {
        var begun = new AtomicBoolean();
        return link.<T>call(
                        redis -> {
                            begun.set(true);
                            return command.apply(redis);
                        },
                        until)
                .thenApply(reply ->
                        reply instanceof NotSent<T>(var reason) && begun.get() ? new Unknown<>(reason) : reply);
    }

    private <T extends @Nullable Object> CompletionStage<Reply<T>> attempt(
            Function<Deadline, CompletionStage<Reply<T>>> send, Deadline until, int retries) {
        if (!link.settings().enabled()) {
            return CompletableFuture.completedFuture(new NotSent<>(FailureReason.NOT_CONNECTED));
        }
        return send.apply(until).thenCompose(reply -> {
            if (!retryPolicy.isRetryable(reply, retries)) {
                return CompletableFuture.completedStage(reply);
            }
            var pause = retryPolicy.pauseNanos(retries);
            if (until.remainingNanos() <= pause) {
                return CompletableFuture.completedStage(reply);
            }
            return new CompletableFuture<@Nullable Void>()
                    .completeOnTimeout(null, pause, TimeUnit.NANOSECONDS)
                    .thenCompose(_ -> attempt(send, until, retries + 1));
        });
    }

    private <T extends @Nullable Object> T value(CompletionStage<Reply<T>> stage) {
        return switch (joined(stage)) {
            case Answered<T>(var value) -> value;
            case Refused<T>(var code) -> throw new CommandRefused(code);
            case NotSent<T>(var reason) -> throw new RedisUnavailable(reason, detail(reason), false);
            case Unknown<T>(var reason) -> throw new RedisUnavailable(reason, reason.text(), true);
        };
    }

    private String detail(FailureReason reason) {
        var failure = link.failure();
        return failure == null ? reason.text() : failure.reason();
    }

    private static <T extends @Nullable Object> T joined(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw CommandFailure.unwrap(e) instanceof RuntimeException thrown ? thrown : e;
        }
    }

    /**
     * Waits until Redis replies to {@code PING}, for a program that wants Redis at its start.
     *
     * @param limit the longest wait
     * @return false if Redis is not ready; the program may go on and use its fallback
     */
    public boolean awaitReady(Duration limit) {
        var until = Deadline.in(limit);
        while (link.settings().enabled() && !until.isSpent()) {
            var reply = joined(link.ping(until.atMost(timeout)));
            if (reply instanceof Answered) {
                return true;
            }
            if (reply.failure() == FailureReason.CLOSED) {
                return false;
            }
            LockSupport.parkNanos(Math.min(READY_PAUSE.toNanos(), Math.max(until.remainingNanos(), 0)));
        }
        return false;
    }

    /**
     * Opens a connection for one caller, with the settings of the link, to the Redis that stores {@code key}: on a cluster,
     * the primary of its slot. Use it for transactions and blocking commands, from one thread at a time, and close it.
     *
     * <p>With Sentinels it opens to the master. Its commands end by its timeout, {@code REDIS_COMMAND_TIMEOUT}, which {@code setTimeout} replaces. They are neither
     * retried nor guarded by the circuit breaker. It does not reconnect: after a failure, open another.
     *
     * @throws RedisUnavailable if it cannot be opened
     */
    public StatefulRedisConnection<String, String> open(String key) {
        return joined(openAsync(key));
    }

    /** Opens a connection like {@link #open}. The stage fails with {@link RedisUnavailable}. */
    public CompletionStage<StatefulRedisConnection<String, String>> openAsync(String key) {
        return typed(dedicated.open(key));
    }

    /**
     * Opens a connection for subscriptions, with the settings of the link. It reconnects by itself, with Sentinels to their
     * current master, and subscribes again; messages in between are lost. Close it at the end.
     *
     * @throws RedisUnavailable if it cannot be opened
     */
    public StatefulRedisPubSubConnection<String, String> openPubSub() {
        return joined(openPubSubAsync());
    }

    /** Opens a connection like {@link #openPubSub}. The stage fails with {@link RedisUnavailable}. */
    public CompletionStage<StatefulRedisPubSubConnection<String, String>> openPubSubAsync() {
        return typed(dedicated.openPubSub());
    }

    private static <C> CompletionStage<C> typed(CompletionStage<C> opening) {
        return opening.exceptionallyCompose(thrown -> CompletableFuture.failedStage(new RedisUnavailable(
                FailureReason.NOT_CONNECTED, ConnectFailure.of(thrown).reason(), false)));
    }

    /** Closes the connections that this client has opened, and the link unless it was given. */
    @Override
    public void close() {
        dedicated.close();
        if (ownsLink) {
            link.close();
        }
    }
}
