// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.jobs;

import io.lettuce.core.LMoveArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The baseline: a list of jobs, and one for each worker with the job it works on. It has no ids, leases, retries or delays.
 * Each worker has a connection, because a connection that waits for a job can do nothing else.
 */
final class RedisLists implements JobSystem {

    private static final String WAITING = "jobs";
    private static final LMoveArgs ORDER = LMoveArgs.Builder.rightLeft();
    private static final int WAIT_SECONDS = 5;

    private final int database;
    private final RedisClient client;
    private final List<RedisCommands<String, String>> connections;
    private final WorkerThreads threads = new WorkerThreads();

    RedisLists(String url, int database) {
        this.database = database;
        client = RedisClient.create(url + "/" + database);
        connections =
                Stream.generate(() -> client.connect().sync()).limit(WORKERS).toList();
    }

    @Override
    public String name() {
        return "list: LPUSH, LMOVE, LREM";
    }

    @Override
    public Role role() {
        return Role.BASELINE;
    }

    @Override
    public int database() {
        return database;
    }

    @Override
    public Run run(int millis) throws Exception {
        var start = System.nanoTime();
        var enqueued = threads.repeat(Duration.ofMillis(millis), thread -> {
            connections.get(thread).lpush(WAITING, PAYLOAD);
            return 1;
        });
        var middle = System.nanoTime();
        var completed = threads.sum(this::work);
        var end = System.nanoTime();
        if (completed != enqueued) {
            throw new IllegalStateException("enqueued %d, completed %d".formatted(enqueued, completed));
        }
        return new Run(enqueued, (middle - start) / 1e9, (end - middle) / 1e9);
    }

    private long work(int thread) {
        var redis = connections.get(thread);
        var jobs = 0L;
        while (redis.lmove(WAITING, taken(thread), ORDER) != null) {
            redis.lrem(taken(thread), 1, PAYLOAD);
            jobs++;
        }
        return jobs;
    }

    @Override
    public void startIdling() {
        threads.repeatUntilClosed(thread -> {
            connections.get(thread).blmove(WAITING, taken(thread), ORDER, WAIT_SECONDS);
            return 0;
        });
    }

    private static String taken(int thread) {
        return "jobs:" + thread;
    }

    @Override
    public void close() {
        threads.close();
        client.shutdown();
    }
}
