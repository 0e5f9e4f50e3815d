// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.Restriction.Type;
import dev.gatehouse.testkit.redis.RedisCluster;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A Redis that rejects commands which the functions do without, by its ACL or because they have other names. */
class RestrictedRedisTest {

    private static final String NO_INFO =
            "Redis rejects INFO with %s: its version, memory, clients and eviction policy are not checked.";
    private static final String NO_SLOWLOG = "Redis rejects SLOWLOG with %s: slow commands are not checked.";
    private static final String NO_TIME = "Redis rejects TIME with %s: its clock is not checked.";
    private static final String NO_CLIENT =
            "Redis rejects CLIENT SETNAME with %s: its list of clients may not show which are functions.";
    private static final String NO_TIME_IN_SCRIPTS =
            "Redis rejects TIME in scripts with %s: decisions use the clocks of the"
                    + " functions, which have to be synchronised (NTP).";

    @ParameterizedTest
    @CsvSource({"CONFIG,", "INFO, INFO", "SLOWLOG, SLOWLOG", "CLIENT, CLIENT", "TIME, TIME TIME_IN_SCRIPTS"})
    void aRestrictionByAclIsStatedAndNoTrouble(String command, String expected) {
        var rules = "~gh:* +@all -" + command.toLowerCase(Locale.ROOT);
        try (var redis = RedisProcess.setup().user("app", "s3cret", rules).start();
                var probed = ProbedRedis.at("redis://app:s3cret@127.0.0.1:" + redis.port())) {
            assertStates(probed, expected, "NOPERM");
        }
    }

    @ParameterizedTest
    @CsvSource({"CONFIG,", "INFO, INFO", "SLOWLOG, SLOWLOG", "CLIENT, CLIENT", "TIME, TIME TIME_IN_SCRIPTS", "HELLO,"})
    void aRestrictionByAnotherNameIsStatedAndNoTrouble(String command, String expected) {
        try (var redis = RedisProcess.setup().rename(command).start();
                var probed = ProbedRedis.at(redis.url())) {
            assertStates(probed, expected, "ERR");
        }
    }

    @Test
    void allRestrictionsAtOnceAreStated() {
        var setup = RedisProcess.setup();
        List.of("CONFIG", "INFO", "SLOWLOG", "CLIENT", "TIME", "HELLO").forEach(setup::rename);
        try (var redis = setup.start();
                var probed = ProbedRedis.at(redis.url())) {
            assertStates(probed, "INFO SLOWLOG TIME CLIENT TIME_IN_SCRIPTS", "ERR");
            assertThat(probed.check().restrictions())
                    .extracting(Restriction::what)
                    .containsExactly(
                            NO_INFO.formatted("ERR"),
                            NO_SLOWLOG.formatted("ERR"),
                            NO_TIME.formatted("ERR"),
                            NO_CLIENT.formatted("ERR"),
                            NO_TIME_IN_SCRIPTS.formatted("ERR"));
        }
    }

    @Test
    void aClusterWorksWithoutTheRightToThem() {
        try (var cluster = RedisCluster.start()) {
            for (var node : cluster.masters()) {
                node.cli("ACL SETUSER app on >s3cret ~gh:* +@all -config -info -slowlog -client -time".split(" "));
            }
            var url = "redis://app:s3cret@127.0.0.1:"
                    + cluster.masters().getFirst().port();
            try (var probed = ProbedRedis.at(url, "REDIS_CLUSTER_MODE", "true")) {
                assertStates(probed, "INFO SLOWLOG TIME CLIENT TIME_IN_SCRIPTS", "NOPERM");
            }
        }
    }

    @Test
    void theClockOfScriptsIsStatedOnlyIfItIsNotConfigured() {
        try (var redis = RedisProcess.setup().rename("TIME").start();
                var probed = ProbedRedis.at(redis.url(), "REDIS_CLOCK", "caller")) {
            assertStates(probed, "TIME", "ERR");
        }
    }

    private static void assertStates(ProbedRedis probed, String expected, String code) {
        for (var i = 0; i < 2; i++) {
            var health = (Connected) probed.check();

            assertThat(health.status()).isEqualTo("healthy");
            assertThat(health.isServing()).isTrue();
            assertThat(health.warnings()).isEmpty();
            assertThat(health.restrictions()).isEqualTo(restrictions(expected, code));
        }
        assertThat(probed.checkScript().isServing()).isTrue();
        assertThat(probed.link.circuitState()).isEqualTo(CircuitState.CLOSED);
        assertThat(probed.link.failure()).isNull();
    }

    /** @param types separated by spaces; null for none */
    private static List<Restriction> restrictions(String types, String code) {
        return types == null
                ? List.of()
                : List.of(types.split(" ")).stream()
                        .map(type -> new Restriction(Type.valueOf(type), code))
                        .toList();
    }
}
