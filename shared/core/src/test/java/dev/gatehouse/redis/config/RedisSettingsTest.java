// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.redis.config.RedisSettings.ClockSource;
import dev.gatehouse.redis.config.RedisSettings.Credentials;
import dev.gatehouse.redis.config.RedisSettings.Node;
import dev.gatehouse.testkit.tls.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisSettingsTest {

    private static RedisSettings from(String... namesAndValues) {
        var environment = new HashMap<String, String>();
        for (var i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return RedisSettings.fromEnvironment(environment);
    }

    @Test
    void anEmptyEnvironmentMeansLocalhost() {
        var settings = from();
        assertThat(settings).isEqualTo(RedisSettings.of("localhost", 6379));
        assertThat(settings.enabled()).isTrue();
        assertThat(settings.decisionBudget()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void readsAUrl() {
        var settings = from("REDIS_URL", "rediss://app:s3cret@cache.example:6380/2");
        assertThat(settings.nodes()).containsExactly(new Node("cache.example", 6380));
        assertThat(settings.credentials()).isEqualTo(new Credentials("app", "s3cret"));
        assertThat(settings.database()).isEqualTo(2);
        assertThat(settings.tls())
                .isNotNull()
                .extracting(RedisSettings.Tls::verify)
                .isEqualTo(true);
        assertThat(settings.decisionBudget()).as("with a TLS handshake").isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void readsTheParts() {
        var settings = from(
                "REDIS_HOST",
                "cache",
                "REDIS_PORT",
                "6380",
                "REDIS_USERNAME",
                "app",
                "REDIS_PASSWORD",
                " p@ss ",
                "REDIS_DB",
                "3",
                "REDIS_SSL",
                "true",
                "REDIS_SSL_CERT_REQS",
                "none",
                "REDIS_CONNECTION_TIMEOUT",
                "700",
                "REDIS_COMMAND_TIMEOUT",
                "80",
                "REDIS_CLOCK",
                "caller");
        assertThat(settings.nodes()).containsExactly(new Node("cache", 6380));
        assertThat(settings.credentials()).isEqualTo(new Credentials("app", " p@ss "));
        assertThat(settings.database()).isEqualTo(3);
        assertThat(settings.tls()).isEqualTo(new RedisSettings.Tls(false, null));
        assertThat(settings.timeouts().connect()).isEqualTo(Duration.ofMillis(700));
        assertThat(settings.timeouts().command()).isEqualTo(Duration.ofMillis(80));
        assertThat(settings.clock()).isEqualTo(ClockSource.CALLER);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "redis://:p%40ss%2Fword@h p@ss/word",
                "redis://:p@ss/w#r?d:@h p@ss/w#r?d:",
                "redis://:50%off@h 50%off",
                "redis://:50%off%21@h 50%off%21",
                "redis://:abc%de@h abc%de",
                "redis://:abc%de%21@h abc%de%21",
                "redis://:abc%@h abc%",
                "redis://:%c3%28@h %c3%28",
                "redis://:%EF%BF%BDa%21@h \uFFFDa!",
                "redis://:%EF%BF%BDa%de@h %EF%BF%BDa%de",
                "redis://:%e2%82%ac@h €",
                "redis://:a+b@h a+b",
            })
    void acceptsAPasswordEncodedOrPlain(String url, String password) {
        assertThat(from("REDIS_URL", url).credentials()).isEqualTo(new Credentials(null, password));
    }

    @ParameterizedTest
    @CsvSource({
        "redis://h,h,6379",
        "redis://[::1]:7000,::1,7000",
        "redis://10.0.0.1:1/,10.0.0.1,1",
        "redis://:@h,h,6379"
    })
    void readsHostAndPort(String url, String host, int port) {
        assertThat(from("REDIS_URL", url).nodes()).containsExactly(new Node(host, port));
        assertThat(from("REDIS_URL", url).credentials()).isNull();
    }

    @Test
    void aListOfNodesMeansACluster() {
        var settings = from("REDIS_CLUSTER_NODES", "a:7000, b:7001,c");
        assertThat(settings.cluster()).isTrue();
        assertThat(settings.nodes()).isEqualTo(List.of(new Node("a", 7000), new Node("b", 7001), new Node("c", 6379)));
    }

    @ParameterizedTest
    @CsvSource({"ENABLE_REDIS,false", "USE_REDIS,0", "ENABLE_REDIS,off"})
    void canBeDisabled(String name, String value) {
        assertThat(from(name, value).enabled()).isFalse();
    }

    @Test
    void acceptsAndIgnoresPoolSizes() {
        assertThat(from("REDIS_MAX_CONNECTIONS", "50", "REDIS_POOL_SIZE", "10")).isEqualTo(from());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://h",
                "redis:/h",
                "redis://",
                "redis://h:0",
                "redis://h:70000",
                "redis://h:port",
                "redis://h/x",
                "redis://s3cret@h",
                "redis://u:@h",
                "redis://h h",
                "s3cret",
                "redis://:s3cret/1",
            })
    void rejectsAMalformedUrlWithoutShowingIt(String url) {
        assertThatThrownBy(() -> from("REDIS_URL", url))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith("REDIS_URL ")
                .message()
                .doesNotContain("s3cret")
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @CsvSource({
        "REDIS_PORT,0",
        "REDIS_PORT,x",
        "REDIS_PORT,65536",
        "REDIS_DB,-1",
        "REDIS_COMMAND_TIMEOUT,0",
        "REDIS_COMMAND_TIMEOUT,1.5",
        "REDIS_CONNECTION_TIMEOUT,3600001",
        "REDIS_SSL,maybe",
        "ENABLE_REDIS,2",
        "REDIS_SSL_CERT_REQS,some",
        "REDIS_CLOCK,moon",
        "REDIS_TIMEOUT,-1",
        "REDIS_POOL_SIZE,many",
        "REDIS_CLUSTER_NODES,'a:1,,b:2'",
        "REDIS_USERNAME,app",
        "REDIS_CA_FILE,/none"
    })
    void rejectsAMalformedValueByName(String name, String value) {
        assertThatThrownBy(() -> from(name, value))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith(name + " ");
    }

    @ParameterizedTest
    @CsvSource({
        "redis://h,REDIS_HOST,other,REDIS_HOST",
        "redis://h,REDIS_PORT,1,REDIS_PORT",
        "redis://h/1,REDIS_DB,2,REDIS_DB",
        "redis://h,REDIS_SSL,true,REDIS_SSL",
        "rediss://h,REDIS_SSL,false,REDIS_SSL",
        "redis://:s3cret@h,REDIS_PASSWORD,0ther,REDIS_PASSWORD",
        "redis://h/1,REDIS_CLUSTER_MODE,true,REDIS_DB",
        "rediss://h,REDIS_CA_FILE,/no/such/file,REDIS_CA_FILE",
    })
    void rejectsSettingsThatContradictTheUrl(String url, String name, String value, String named) {
        assertThatThrownBy(() -> from("REDIS_URL", url, name, value))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith(named + " ")
                .message()
                .doesNotContain("s3cret")
                .doesNotContain("0ther");
    }

    @Test
    void acceptsAPasswordBesideAUrlWithoutOne() {
        assertThat(from("REDIS_URL", "redis://h", "REDIS_PASSWORD", "p").credentials())
                .isEqualTo(new Credentials(null, "p"));
    }

    @Test
    void rejectsACaFileWithoutVerification() {
        try (var certificates = Certificates.create()) {
            assertThatThrownBy(() -> from(
                            "REDIS_URL",
                            "rediss://h",
                            "REDIS_CA_FILE",
                            certificates.ca().toString(),
                            "REDIS_SSL_CERT_REQS",
                            "none"))
                    .hasMessageStartingWith("REDIS_CA_FILE contradicts");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"})
    void rejectsACaFileWithoutACertificate(String content, @TempDir Path directory) throws Exception {
        var file = Files.writeString(directory.resolve("ca.pem"), content);
        assertThatThrownBy(() -> from("REDIS_URL", "rediss://h", "REDIS_CA_FILE", file.toString()))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith("REDIS_CA_FILE holds no certificate that can be read: ");
    }

    @Test
    void noTextFormShowsThePassword() {
        var settings = from("REDIS_URL", "rediss://app:s3cret@h");
        assertThat(settings.maskedUrl()).isEqualTo("rediss://app:***@h:6379/0");
        assertThat(Map.of("settings", settings, "credentials", String.valueOf(settings.credentials())))
                .asString()
                .doesNotContain("s3cret");
    }
}
