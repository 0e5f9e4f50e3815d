// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.redis.RespConnection;
import java.nio.file.Files;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CertificatesTest {

    private static Certificates certificates;

    @BeforeAll
    static void create() {
        certificates = Certificates.create();
    }

    @AfterAll
    static void delete() {
        certificates.close();
        assertThat(certificates.ca()).doesNotExist();
    }

    @Test
    void aServerForLocalhostIsTrustedThroughItsAuthorityOnly() {
        try (var redis = RedisProcess.setup()
                .tls(certificates.localhost())
                .password("s3cret")
                .start()) {
            assertThat(redis.url()).isEqualTo("rediss://:s3cret@127.0.0.1:" + redis.port());
            assertThat(redis.cli("PING")).isEqualTo("PONG");
            for (var host : new String[] {"localhost", "127.0.0.1"}) {
                try (var client = connect(host, redis, certificates.trusting())) {
                    assertThat(client.call("AUTH", "s3cret")).isEqualTo("OK");
                }
            }
            assertThatThrownBy(() -> connect("127.0.0.1", redis, certificates.trustingUnrelated()))
                    .hasCauseInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("unable to find valid certification path");
        }
    }

    @Test
    void aServerForAnotherHostIsRefused() {
        try (var redis = RedisProcess.setup().tls(certificates.elsewhere()).start()) {
            assertThat(redis.cli("PING")).isEqualTo("PONG");
            assertThatThrownBy(() -> connect("localhost", redis, certificates.trusting()))
                    .hasCauseInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("matching localhost found");
        }
    }

    @Test
    void anExpiredCertificateIsRefused() {
        try (var redis = RedisProcess.setup().tls(certificates.expired()).start()) {
            assertThatThrownBy(() -> connect("localhost", redis, certificates.trusting()))
                    .hasCauseInstanceOf(SSLHandshakeException.class)
                    .hasRootCauseInstanceOf(CertificateExpiredException.class);
        }
    }

    @Test
    void aReplicaFollowsItsMasterOverTls() {
        try (var master = RedisProcess.setup().tls(certificates.localhost()).start();
                var replica = RedisProcess.setup()
                        .tls(certificates.localhost())
                        .replicaOf(master)
                        .start()) {
            assertThat(replica.info("replication", "role")).isEqualTo("slave");
        }
    }

    @Test
    void theFilesArePem() throws Exception {
        var x509 = CertificateFactory.getInstance("X.509");
        try (var ca = Files.newInputStream(certificates.ca());
                var unrelated = Files.newInputStream(certificates.unrelatedCa())) {
            assertThat(x509.generateCertificate(ca).toString()).contains("Gatehouse test authority");
            assertThat(x509.generateCertificate(unrelated).toString()).contains("Unrelated test authority");
        }
        assertThat(certificates.localhost().key()).content().startsWith("-----BEGIN PRIVATE KEY-----");
    }

    private static RespConnection connect(String host, RedisProcess redis, SSLContext trust) {
        return RespConnection.connect(host, redis.port(), Duration.ofSeconds(5), trust);
    }
}
