// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.config.RedisSettings.ClockSource;
import dev.gatehouse.redis.config.RedisSettings.Node;
import dev.gatehouse.redis.config.RedisSettings.Timeouts;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/** Opens links whose scripts use a test's clock, in microseconds, with timeouts for a busy machine. */
public final class LinkOnClock {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Timeouts PATIENT = new Timeouts(PATIENCE, PATIENCE, PATIENCE, PATIENCE, Duration.ZERO);

    private LinkOnClock() {}

    public static RedisLink toServer(int port, LongSupplier micros) {
        return to(List.of(new Node("127.0.0.1", port)), false, micros);
    }

    public static RedisLink toCluster(List<Integer> ports, LongSupplier micros) {
        return to(ports.stream().map(port -> new Node("127.0.0.1", port)).toList(), true, micros);
    }

    private static RedisLink to(List<Node> nodes, boolean cluster, LongSupplier micros) {
        var settings = new RedisSettings(true, nodes, cluster, null, 0, null, ClockSource.CALLER, PATIENT);
        return RedisLink.to(settings, micros);
    }
}
