// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.health.Warning.Type;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Conditions that a Redis on this machine cannot have. */
class DiagnosticsTest {

    private static ServerInfo server(String info, Duration clockAhead) {
        return new ServerInfo(
                Reported.of(ServerInfoQuery.fields(info)),
                Reported.of(0L),
                Reported.of(0L),
                Reported.of(clockAhead),
                List.of());
    }

    private static List<Warning> warnings(String url, ServerInfo server) {
        return new Diagnostics(ProbedRedis.settings(url))
                .addServerInfo(server, 0)
                .addSettings()
                .warnings();
    }

    private static List<Warning> warnings(ServerInfo server) {
        return warnings("redis://localhost", server);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"redis://10.0.0.7", "redis://cache.example", "redis://[fd00::7]", "redis://localhost.example"})
    void warnsOfPlainTextThatLeavesTheMachine(String url) {
        assertThat(warnings(url, server("", Duration.ZERO)))
                .extracting(Warning::type)
                .containsExactly(Type.NOT_ENCRYPTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://127.0.0.1",
                "redis://LOCALHOST",
                "redis://127.1.2.3",
                "redis://[::1]",
                "rediss://cache.example"
            })
    void acceptsTlsAndPlainTextOnThisMachine(String url) {
        assertThat(warnings(url, server("", Duration.ZERO))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"79, 100, false", "80, 100, true", "100, 100, true", "5000, 0, false", "7, 9, false", "8, 9, true"})
    void warnsFromEightyPercentOfTheMemoryLimit(long used, long limit, boolean near) {
        var server = server("used_memory:" + used + "\r\nmaxmemory:" + limit + "\r\n", Duration.ZERO);

        assertThat(warnings(server))
                .extracting(Warning::type)
                .isEqualTo(near ? List.of(Type.MEMORY_NEAR_LIMIT) : List.of());
    }

    @ParameterizedTest
    @CsvSource({"7999, 10000, false", "8000, 10000, true"})
    void warnsFromEightyPercentOfTheClientLimit(long connected, long limit, boolean near) {
        var server = server("connected_clients:" + connected + "\r\nmaxclients:" + limit + "\r\n", Duration.ZERO);

        assertThat(warnings(server).contains(Warning.of(Type.CLIENTS_NEAR_LIMIT, connected, limit)))
                .isEqualTo(near);
    }

    @ParameterizedTest
    @CsvSource({"1000, false", "1001, true", "-1000, false", "-1001, true"})
    void acceptsClocksThatDifferByASecond(long millis, boolean apart) {
        var ahead = Duration.ofMillis(millis);

        assertThat(warnings(server("", ahead)))
                .hasSize(apart ? 1 : 0)
                .allMatch(warning -> warning.type() == Type.CLOCKS_APART);
    }

    @Test
    void elastiCacheServerlessMayBeUsedWithoutClusterMode() {
        var cluster = server("redis_mode:cluster\r\n", Duration.ZERO);

        assertThat(warnings("rediss://c-1.serverless.euc1.cache.amazonaws.com", cluster))
                .isEmpty();
        assertThat(warnings("rediss://c-1.euc1.cache.amazonaws.com", cluster))
                .containsExactly(Warning.of(Type.CLUSTER_WITHOUT_CLUSTER_MODE));
    }

    @ParameterizedTest
    @CsvSource({
        "rediss://c-1.serverless.euc1.cache.amazonaws.com, '', ELASTICACHE_SERVERLESS",
        "rediss://master.c-1.euc1.cache.amazonaws.com, '', ELASTICACHE",
        "redis://10.0.0.7, os:Amazon ElastiCache, ELASTICACHE",
        "rediss://clustercfg.m-1.memorydb.eu-central-1.amazonaws.com, '', MEMORYDB",
        "rediss://eu1-fit-bear.upstash.io, '', UPSTASH",
        "rediss://proxy.example, upstash_version:1.2.3, UPSTASH",
        "redis://redis-1.c1.eu-central-1-1.ec2.redns.redis-cloud.com, '', REDIS_CLOUD",
        "redis://localhost, valkey_version:8.0.1, VALKEY",
        "redis://localhost, redis_version:7.2.4, REDIS"
    })
    void identifiesTheProvider(String url, String info, RedisProvider service) {
        assertThat(RedisProvider.of(ProbedRedis.settings(url), server(info, Duration.ZERO)))
                .isEqualTo(service);
    }

    @Test
    void valkeyReportsItsOwnVersionAndMode() {
        var valkey = server(
                "server_name:valkey\r\nredis_version:7.2.4\r\nvalkey_version:8.0.1\r\nserver_mode:cluster\r\n",
                Duration.ZERO);

        assertThat(valkey.version().value()).isEqualTo("8.0.1");
        assertThat(valkey.mode().value()).isEqualTo("cluster");
    }

    @Test
    void aMissingFieldIsWithheldAndCausesNoWarning() {
        var server = server("redis_version:7.2.4\r\nused_memory:lots\r\n", Duration.ZERO);

        assertThat(server.evictionPolicy()).isEqualTo(new Reported<>(null, "INFO does not report it here"));
        assertThat(server.usedMemoryBytes())
                .isEqualTo(new Reported<>(null, "INFO does not report a whole number here"));
        assertThat(warnings(server)).isEmpty();
    }

    @Test
    void computesTheHitRateOfAllLookups() {
        assertThat(server("keyspace_hits:9\r\nkeyspace_misses:1\r\n", Duration.ZERO)
                        .hitRate())
                .isEqualTo(new Reported<>(0.9, null));
        assertThat(server("keyspace_hits:0\r\nkeyspace_misses:0\r\n", Duration.ZERO)
                        .hitRate())
                .isEqualTo(new Reported<>(null, "there were no lookups yet"));
    }

    @Test
    void sumsTheKeysOfAllDatabases() {
        var server =
                server("db0:keys=3,expires=1,avg_ttl=5\r\ndb12:keys=4,expires=0\r\ndbs:keys=9,\r\n", Duration.ZERO);

        assertThat(server.keys()).isEqualTo(new Reported<>(7L, null));
        assertThat(server("redis_version:7.2.4\r\n", Duration.ZERO).keys()).isEqualTo(new Reported<>(0L, null));
        assertThat(ServerInfo.withheld("no").keys()).isEqualTo(new Reported<>(null, "no"));
    }
}
