// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.redis.config.RedisSettings.Credentials;
import dev.gatehouse.redis.config.RedisSettings.Node;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SentinelSettingsTest {

    /** @param assignments such as {@code REDIS_SENTINEL_NODES=a,b REDIS_SENTINEL_MASTER=m} */
    private static RedisSettings from(String assignments) {
        return RedisSettings.fromEnvironment(Arrays.stream(assignments.split(" "))
                .map(each -> each.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (_, last) -> last, HashMap::new)));
    }

    @Test
    void readsTheParts() {
        var settings = from("REDIS_SENTINEL_NODES=a.example:26380,b.example,[::1]:26381 REDIS_SENTINEL_MASTER=main"
                + " REDIS_SENTINEL_USERNAME=watch REDIS_SENTINEL_PASSWORD=s3cret-s"
                + " REDIS_USERNAME=app REDIS_PASSWORD=s3cret-d REDIS_DB=2");
        assertThat(settings.nodes())
                .containsExactly(new Node("a.example", 26380), new Node("b.example", 26379), new Node("::1", 26381));
        assertThat(settings.sentinel())
                .isEqualTo(new SentinelSettings("main", new Credentials("watch", "s3cret-s"), null));
        assertThat(settings.credentials()).isEqualTo(new Credentials("app", "s3cret-d"));
        assertThat(settings.database()).isEqualTo(2);
        assertThat(settings.tls()).isNull();
        assertThat(settings.cluster()).isFalse();
        assertThat(settings.maskedUrl())
                .isEqualTo("redis-sentinel://app:***@a.example:26380,b.example:26379,[::1]:26381/2#main");
        assertThat(settings.toString() + settings.sentinel()).doesNotContain("s3cret");
        assertThat(settings.decisionBudget()).isEqualTo(Duration.ofMillis(500 + 750 + 250 + 250));
    }

    @ParameterizedTest
    @CsvSource({
        "redis-sentinel://:s3cret@a:1/3#main, false",
        "redis-sentinels://:s3cret@a:1/3#main, true",
        "rediss-sentinel://:s3cret@a:1/3#main, true"
    })
    void readsAUrl(String url, boolean tls) {
        var settings = from("REDIS_URL=" + url);
        assertThat(settings.nodes()).containsExactly(new Node("a", 1));
        assertThat(settings.database()).isEqualTo(3);
        assertThat(settings.credentials()).isEqualTo(new Credentials(null, "s3cret"));
        assertThat(settings.tls() != null).isEqualTo(tls);
        assertThat(settings.sentinel()).isNotNull();
        assertThat(settings.sentinel().master()).isEqualTo("main");
        assertThat(settings.sentinel().tls()).isEqualTo(settings.tls());
    }

    @Test
    void readsAUrlOfSeveralSentinels() {
        var settings = from("REDIS_URL=redis-sentinel://a,b:26380,c REDIS_SENTINEL_MASTER=main");
        assertThat(settings.nodes()).containsExactly(new Node("a", 26379), new Node("b", 26380), new Node("c", 26379));
        assertThat(settings.sentinel()).isEqualTo(new SentinelSettings("main", null, null));
    }

    @Test
    void tlsOnOneSideOnly() {
        var nodes = "REDIS_SENTINEL_NODES=a REDIS_SENTINEL_MASTER=main ";
        var data = from(nodes + "REDIS_SSL=true REDIS_SENTINEL_SSL=false");
        assertThat(data.tls()).isNotNull();
        assertThat(data.sentinel().tls()).isNull();
        var sentinels = from(nodes + "REDIS_SENTINEL_SSL=true");
        assertThat(sentinels.tls()).isNull();
        assertThat(sentinels.sentinel().tls()).isNotNull();
        assertThat(sentinels.openingBudget()).isEqualTo(Duration.ofMillis(1500 + 750 + 250));
    }

    @ParameterizedTest
    @CsvSource({
        "REDIS_HOST=h, REDIS_HOST contradicts REDIS_SENTINEL_NODES",
        "REDIS_PORT=1, REDIS_PORT contradicts REDIS_SENTINEL_NODES",
        "REDIS_URL=redis://h, REDIS_URL contradicts REDIS_SENTINEL_NODES",
        "REDIS_URL=redis-sentinel://b#main, REDIS_SENTINEL_NODES contradicts the URL of Sentinels",
        "REDIS_CLUSTER_MODE=true, REDIS_CLUSTER_MODE contradicts REDIS_SENTINEL_NODES",
        "REDIS_CLUSTER_NODES=h:1, REDIS_CLUSTER_NODES contradicts REDIS_SENTINEL_NODES",
        "REDIS_IAM_CACHE=c, REDIS_IAM_CACHE contradicts REDIS_SENTINEL_NODES",
        "REDIS_SENTINEL_USERNAME=u, REDIS_SENTINEL_USERNAME is set without REDIS_SENTINEL_PASSWORD",
        "REDIS_SENTINEL_MASTER=a/b, REDIS_SENTINEL_MASTER must consist of letters",
        "REDIS_SENTINEL_MASTER=, REDIS_SENTINEL_MASTER is not set",
        "REDIS_SENTINEL_SSL=maybe, REDIS_SENTINEL_SSL must be true or false",
        "'REDIS_SENTINEL_NODES=a,,b', REDIS_SENTINEL_NODES has a malformed host or port",
        "REDIS_SENTINEL_NODES=a:99999, REDIS_SENTINEL_NODES has a port out of range"
    })
    void rejectsAContradiction(String assignment, String message) {
        assertThatThrownBy(() -> from("REDIS_SENTINEL_NODES=a REDIS_SENTINEL_MASTER=main REDIS_SENTINEL_PASSWORD= "
                        + "REDIS_PASSWORD=s3cret " + assignment))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("s3cret")
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "REDIS_HOST=h",
                "REDIS_PORT=1",
                "REDIS_CLUSTER_MODE=true",
                "REDIS_CLUSTER_NODES=h:1",
                "REDIS_SENTINEL_MASTER=other",
                "REDIS_SSL=true"
            })
    void aUrlOfSentinelsContradictsOtherAddresses(String assignment) {
        assertThatThrownBy(() -> from("REDIS_URL=redis-sentinel://:s3cret@a#main " + assignment))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("contradicts")
                .hasMessageNotContaining("s3cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "REDIS_SENTINEL_MASTER=main",
                "REDIS_SENTINEL_USERNAME=u",
                "REDIS_SENTINEL_PASSWORD=s3cret",
                "REDIS_SENTINEL_SSL=true"
            })
    void settingsOfSentinelsNeedSentinels(String assignment) {
        assertThatThrownBy(() -> from("REDIS_URL=redis://h " + assignment))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageEndingWith("is set without REDIS_SENTINEL_NODES")
                .hasMessageNotContaining("s3cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis-sentinel://",
                "redis-sentinel://a,b/x#m",
                "redis-sentinel:a",
                "redis-sentinel://s3cret@a#m"
            })
    void rejectsAMalformedUrl(String url) {
        assertThatThrownBy(() -> from("REDIS_URL=" + url))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith("REDIS_URL")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void acceptsReadReplicasButNeverUsesThem() {
        var settings = from("REDIS_HOST=h REDIS_READ_REPLICAS=true"
                + " REDIS_READ_REPLICA_URLS=redis://:s3cret@r1:6379,redis://r2");
        assertThat(settings).isEqualTo(RedisSettings.of("h", 6379));
        assertThatThrownBy(() -> from("REDIS_READ_REPLICA_URLS=redis://:s3cret@h,http://r2"))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith("REDIS_READ_REPLICA_URLS must have the form")
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> from("REDIS_READ_REPLICAS=perhaps")).isInstanceOf(InvalidSetting.class);
    }
}
