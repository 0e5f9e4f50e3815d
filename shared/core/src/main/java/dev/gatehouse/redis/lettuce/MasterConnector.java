// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.config.RedisSettings.Node;
import dev.gatehouse.redis.config.SentinelSettings;
import dev.gatehouse.redis.sentinel.MasterCandidates;
import dev.gatehouse.redis.sentinel.SentinelReport;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Opens a connection to the master that the Sentinels report. Queries all Sentinels at once, tries the addresses one after
 * the other, and keeps the first connection whose {@code ROLE} is master. It stores no address for the next opening, except
 * that it tries an address that failed within the last second after all others.
 */
final class MasterConnector {

    private static final Duration SUSPICION = Duration.ofSeconds(1);

    /** The age from which replies may have missed a failover. */
    private static final Duration STALE = Duration.ofMillis(100);

    private static final String SILENCE = "no reply yet";

    private final RedisSettings settings;
    private final SentinelSettings sentinels;
    private final SentinelClient sentinelClient;
    private final DeadlineTimer timer;
    private final Map<Node, Long> suspectedSince = new ConcurrentHashMap<>();
    private volatile @Nullable Node current;

    MasterConnector(
            RedisSettings settings, SentinelSettings sentinels, SentinelClient sentinelClient, DeadlineTimer timer) {
        this.settings = settings;
        this.sentinels = sentinels;
        this.sentinelClient = sentinelClient;
        this.timer = timer;
    }

    /**
     * Opens a connection, after the previous one was closed. The stage ends within the opening budget.
     *
     * @param connect connects to an address
     */
    <C extends StatefulRedisConnection<String, String>> CompletionStage<C> open(
            Function<RedisURI, ? extends CompletionStage<C>> connect) {
        var left = current;
        current = null;
        if (left != null) {
            suspect(left);
        }
        return openAnother(connect);
    }

    /**
     * Opens a connection beside others, which are not suspected. The stage ends within the opening budget.
     *
     * @param connect connects to an address
     */
    <C extends StatefulRedisConnection<String, String>> CompletionStage<C> openAnother(
            Function<RedisURI, ? extends CompletionStage<C>> connect) {
        suspectedSince.values().removeIf(since -> System.nanoTime() - since > SUSPICION.toNanos());
        return new Opening<>(connect).start();
    }

    private void suspect(Node address) {
        suspectedSince.put(address, System.nanoTime());
    }

    private boolean isSuspected(Node address) {
        var since = suspectedSince.get(address);
        return since != null && System.nanoTime() - since <= SUSPICION.toNanos();
    }

    /** Queries all Sentinels. The stage completes within the budget of a Sentinel, and never exceptionally. */
    CompletionStage<SentinelReport> report() {
        var candidates = candidates();
        var queries = settings.nodes().stream()
                .map(node -> sentinelClient
                        .query(node)
                        .thenAccept(outcome -> candidates.add(outcome.reply()))
                        .toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(queries).thenApply(_ -> candidates.report(SILENCE));
    }

    private MasterCandidates candidates() {
        return new MasterCandidates(settings.nodes(), sentinels.master(), this::isSuspected);
    }

    /** One opening. Its second round queries the Sentinels again, since trying an address may take longer than a failover. */
    private final class Opening<C extends StatefulRedisConnection<String, String>> {

        private final Function<RedisURI, ? extends CompletionStage<C>> connect;
        private final CompletableFuture<C> result = new CompletableFuture<>();
        private final List<ConnectFailure> sentinelFailures = new ArrayList<>();
        private final List<ConnectFailure> addressFailures = new ArrayList<>();
        private MasterCandidates candidates = candidates();
        private long roundStarted;
        private boolean secondRound;
        private boolean trying;

        Opening(Function<RedisURI, ? extends CompletionStage<C>> connect) {
            this.connect = connect;
        }

        CompletionStage<C> start() {
            var cancel = timer.schedule(this::fail, settings.openingBudget().toNanos());
            var _ = result.whenComplete((_, _) -> cancel.run());
            query(candidates);
            return result;
        }

        private void query(MasterCandidates round) {
            synchronized (this) {
                roundStarted = System.nanoTime();
            }
            for (var node : settings.nodes()) {
                sentinelClient.query(node).thenAccept(outcome -> {
                    synchronized (this) {
                        if (outcome.failure() != null) {
                            sentinelFailures.add(outcome.failure());
                        }
                    }
                    round.add(outcome.reply());
                    proceed();
                });
            }
        }

        private void proceed() {
            Node next;
            MasterCandidates again = null;
            synchronized (this) {
                if (trying || result.isDone()) {
                    return;
                }
                next = candidates.next();
                trying = next != null;
                if (next == null) {
                    if (!candidates.isComplete()) {
                        return;
                    }
                    if (!secondRound && System.nanoTime() - roundStarted > STALE.toNanos()) {
                        secondRound = true;
                        again = candidates.again();
                        candidates = again;
                    }
                }
            }
            if (next != null) {
                tryAddress(next);
            } else if (again != null) {
                query(again);
            } else {
                fail();
            }
        }

        private void tryAddress(Node address) {
            connect(connect, address).whenComplete((connection, thrown) -> {
                if (connection != null) {
                    keep(address, connection);
                } else if (thrown != null && ConnectFailure.isLostHandshake(thrown)) {
                    result.completeExceptionally(thrown);
                } else {
                    reject(address, ConnectFailure.of(thrown == null ? new IllegalStateException() : thrown));
                }
            });
        }

        private void keep(Node address, C connection) {
            current = address;
            if (!result.complete(connection)) {
                var _ = connection.closeAsync();
            }
        }

        private void reject(Node address, ConnectFailure failure) {
            suspect(address);
            synchronized (this) {
                addressFailures.add(failure);
                candidates.reject(address, failure.reason());
                trying = false;
            }
            proceed();
        }

        private void fail() {
            ConnectFailure failure;
            synchronized (this) {
                failure = ConnectFailure.noMaster(candidates.describe(SILENCE), sentinelFailures, addressFailures);
            }
            result.completeExceptionally(failure);
        }
    }

    private <C extends StatefulRedisConnection<String, String>> CompletionStage<C> connect(
            Function<RedisURI, ? extends CompletionStage<C>> connect, Node address) {
        CompletableFuture<C> connecting;
        try {
            connecting =
                    connect.apply(ClientConfiguration.uri(settings, address)).toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
        return timer.limited(connecting, settings.connectionBudget())
                .whenComplete((_, thrown) -> {
                    if (thrown != null) {
                        var _ = connecting.thenCompose(StatefulConnection::closeAsync);
                    }
                })
                .thenCompose(this::requireMaster);
    }

    private <C extends StatefulRedisConnection<String, String>> CompletionStage<C> requireMaster(C connection) {
        return timer.limited(connection.async().role(), settings.timeouts().command())
                .thenApply(role -> {
                    if (role.isEmpty() || !"master".equals(role.getFirst())) {
                        throw new ConnectFailure("it is a replica", false);
                    }
                    return connection;
                })
                .whenComplete((_, thrown) -> {
                    if (thrown != null) {
                        var _ = connection.closeAsync();
                    }
                });
    }

    /** Closes the connections to the Sentinels. */
    void close() {
        sentinelClient.close();
    }

    ClientResources resources() {
        return sentinelClient.resources();
    }
}
