// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.tls.Certificates;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TlsTest {

    private static Certificates certificates;

    @BeforeAll
    static void create() {
        certificates = Certificates.create();
    }

    @AfterAll
    static void delete() {
        certificates.close();
    }

    private static RedisProcess redis(Certificates.Server certificate) {
        return RedisProcess.setup().tls(certificate).password("pass/@word").start();
    }

    private static String url(RedisProcess redis) {
        return "rediss://:pass/@word@localhost:" + redis.port();
    }

    private static void isRejected(LinkProbe probe, String reason) {
        assertThat(probe.count("k")).isEqualTo(new NotSent<>(FailureReason.NOT_CONNECTED));
        assertThat(probe.lost).containsExactly(reason);
    }

    @Test
    void connectsWithTheRightAuthority() {
        try (var redis = redis(certificates.localhost());
                var probe = LinkProbe.patient(
                        url(redis), "REDIS_CA_FILE", certificates.ca().toString())) {
            assertThat(probe.count("k")).isInstanceOf(Answered.class);
        }
    }

    @Test
    void rejectsACertificateOfAnotherAuthority() {
        try (var redis = redis(certificates.localhost());
                var probe = LinkProbe.patient(
                        url(redis), "REDIS_CA_FILE", certificates.unrelatedCa().toString())) {
            isRejected(probe, "its certificate is not trusted: check REDIS_CA_FILE");
        }
    }

    @Test
    void rejectsAPrivateAuthorityByDefault() {
        try (var redis = redis(certificates.localhost());
                var probe = LinkProbe.patient(url(redis))) {
            isRejected(probe, "its certificate is not trusted: check REDIS_CA_FILE");
        }
    }

    @Test
    void rejectsACertificateForAnotherHost() {
        try (var redis = redis(certificates.elsewhere());
                var probe = LinkProbe.patient(
                        url(redis), "REDIS_CA_FILE", certificates.ca().toString())) {
            isRejected(probe, "its certificate is for another host name");
        }
    }

    @Test
    void rejectsAnExpiredCertificate() {
        try (var redis = redis(certificates.expired());
                var probe = LinkProbe.patient(
                        url(redis), "REDIS_CA_FILE", certificates.ca().toString())) {
            isRejected(probe, "its certificate has expired");
        }
    }

    @Test
    void acceptsAnyCertificateWithoutVerification() {
        try (var redis = redis(certificates.elsewhere());
                var probe = LinkProbe.patient(url(redis), "REDIS_SSL_CERT_REQS", "none")) {
            assertThat(probe.count("k")).isInstanceOf(Answered.class);
        }
    }

    @Test
    void reportsAPortWithoutTlsInOneLine() {
        try (var redis = RedisProcess.start();
                var probe = LinkProbe.patient("rediss://localhost:" + redis.port(), "REDIS_TLS_TIMEOUT", "1000")) {
            isRejected(probe, "no reply to the TLS handshake: does it speak TLS on this port?");
        }
    }
}
