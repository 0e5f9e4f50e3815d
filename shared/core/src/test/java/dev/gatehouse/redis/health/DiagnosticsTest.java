package dev.gatehouse.redis.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.health.Warning.ClientsNearLimit;
import dev.gatehouse.redis.health.Warning.ClocksApart;
import dev.gatehouse.redis.health.Warning.ClusterWithoutClusterMode;
import dev.gatehouse.redis.health.Warning.MemoryNearLimit;
import dev.gatehouse.redis.health.Warning.NotEncrypted;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be had from a Redis on this machine. */
class DiagnosticsTest {

    private static ServerFacts facts(String info, Duration clockAhead) {
        return new ServerFacts(Told.of(Info.parse(info)), Told.of(0L), Told.of(0L), Told.of(clockAhead));
    }

    private static List<Warning> signs(String url, ServerFacts facts) {
        return new Diagnostics(ProbedRedis.settings(url))
                .in(facts, 0)
                .inSettings()
                .signs();
    }

    private static List<Warning> signs(ServerFacts facts) {
        return signs("redis://localhost", facts);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"redis://10.0.0.7", "redis://cache.example", "redis://[fd00::7]", "redis://localhost.example"})
    void plainTextThatLeavesTheMachineIsNamed(String url) {
        assertThat(signs(url, facts("", Duration.ZERO))).hasExactlyElementsOfTypes(NotEncrypted.class);
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
    void plainTextOnTheMachineAndTlsAreNot(String url) {
        assertThat(signs(url, facts("", Duration.ZERO))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"79, 100, false", "80, 100, true", "100, 100, true", "5000, 0, false", "7, 9, false", "8, 9, true"})
    void memoryIsNearItsLimitFromFourFifths(long used, long limit, boolean near) {
        var facts = facts("used_memory:" + used + "\r\nmaxmemory:" + limit + "\r\n", Duration.ZERO);

        assertThat(signs(facts).contains(new MemoryNearLimit(used, limit))).isEqualTo(near);
    }

    @ParameterizedTest
    @CsvSource({"7999, 10000, false", "8000, 10000, true"})
    void clientsAreNearTheirLimitFromFourFifths(long connected, long limit, boolean near) {
        var facts = facts("connected_clients:" + connected + "\r\nmaxclients:" + limit + "\r\n", Duration.ZERO);

        assertThat(signs(facts).contains(new ClientsNearLimit(connected, limit)))
                .isEqualTo(near);
    }

    @ParameterizedTest
    @CsvSource({"1000, false", "1001, true", "-1000, false", "-1001, true"})
    void clocksMayDifferByASecond(long millis, boolean apart) {
        var ahead = Duration.ofMillis(millis);

        assertThat(signs(facts("", ahead)).contains(new ClocksApart(ahead))).isEqualTo(apart);
    }

    @Test
    void elastiCacheServerlessMayBeUsedWithoutClusterMode() {
        var cluster = facts("redis_mode:cluster\r\n", Duration.ZERO);

        assertThat(signs("rediss://c-1.serverless.euc1.cache.amazonaws.com", cluster))
                .isEmpty();
        assertThat(signs("rediss://c-1.euc1.cache.amazonaws.com", cluster))
                .containsExactly(new ClusterWithoutClusterMode());
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
    void aServiceIsKnownByItsMarks(String url, String info, RedisService service) {
        assertThat(RedisService.of(ProbedRedis.settings(url), facts(info, Duration.ZERO)))
                .isEqualTo(service);
    }

    @Test
    void aFieldThatInfoLacksIsWithheldAndNamesNothing() {
        var facts = facts("redis_version:7.2.4\r\nused_memory:lots\r\n", Duration.ZERO);

        assertThat(facts.evictionPolicy()).isEqualTo(new Told<>(null, "INFO does not tell it here"));
        assertThat(facts.usedMemoryBytes()).isEqualTo(new Told<>(null, "INFO tells no whole number here"));
        assertThat(signs(facts)).isEmpty();
    }

    @Test
    void theHitRateIsOfAllLookups() {
        assertThat(facts("keyspace_hits:9\r\nkeyspace_misses:1\r\n", Duration.ZERO)
                        .hitRate())
                .isEqualTo(new Told<>(0.9, null));
        assertThat(facts("keyspace_hits:0\r\nkeyspace_misses:0\r\n", Duration.ZERO)
                        .hitRate())
                .isEqualTo(new Told<>(null, "nothing was looked up yet"));
    }
}
