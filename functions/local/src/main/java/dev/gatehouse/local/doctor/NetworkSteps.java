// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.doctor;

import dev.gatehouse.redis.LinkFailure;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.config.RedisSettings.Node;
import dev.gatehouse.redis.config.RedisSettings.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks the path to one node before the first command: its name, TCP, TLS and the certificate. */
final class NetworkSteps {

    /** A certificate that expires sooner is a warning. */
    private static final Duration SOON = Duration.ofDays(14);

    private final RedisSettings settings;
    private final Node node;
    private final Report report;

    NetworkSteps(RedisSettings settings, Node node, Report report) {
        this.settings = settings;
        this.node = node;
        this.report = report;
    }

    /** Returns true if all steps passed. */
    boolean run() {
        var address = address();
        if (address == null || !connectsTcp(address)) {
            return false;
        }
        var tls = settings.tls();
        return tls == null || completesTls(address, tls);
    }

    private @Nullable InetAddress address() {
        report.begin("name");
        try {
            var addresses = InetAddress.getAllByName(node.host());
            var list = Arrays.stream(addresses).map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
            report.ok(list.equals(node.host()) ? list + " needs no resolution" : node.host() + " is " + list);
            return addresses[0];
        } catch (UnknownHostException e) {
            report.fail(
                    "The host name " + node.host() + " is not known here.",
                    "Check the spelling. A private name resolves only inside its network, such as its VPC.");
            return null;
        }
    }

    private boolean connectsTcp(InetAddress address) {
        report.begin("TCP");
        var start = System.nanoTime();
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, node.port()), (int)
                    settings.timeouts().connect().toMillis());
            report.ok("port " + node.port() + " answers in " + Millis.since(start));
            return true;
        } catch (IOException e) {
            var why = LinkFailure.of(e).reason();
            report.fail(
                    "No connection to " + node + ": " + why + ".",
                    why.contains("refused")
                            ? "Start Redis, or have it listen there: see port, bind and protected-mode in its configuration."
                            : "A firewall drops it: let this machine, or the function's security group, reach port "
                                    + node.port() + "; or raise REDIS_CONNECTION_TIMEOUT.");
            return false;
        }
    }

    private boolean completesTls(InetAddress address, Tls tls) {
        report.begin("TLS");
        var handshake = TlsHandshake.at(node, address, tls, settings.timeouts().tlsHandshake());
        var failure = handshake.failure();
        var certificate = handshake.certificate();
        if (certificate == null) {
            report.fail(
                    "No TLS with " + node + ": " + (failure == null ? "no certificate" : failure.reason()) + ".",
                    "If Redis speaks plain TCP on this port write redis://; better, turn on TLS there (tls-port).");
            return false;
        }
        if (failure == null) {
            report.ok(handshake.session() + " in " + Millis.of(handshake.took()));
        } else {
            report.note("it speaks TLS");
        }
        report.begin("certificate");
        return isGood(certificate, failure, tls);
    }

    private boolean isGood(X509Certificate own, @Nullable LinkFailure failure, Tls tls) {
        var until = own.getNotAfter().toInstant();
        var days = Duration.between(Instant.now(), until).toDays();
        var text = "%s, from %s, until %s"
                .formatted(
                        own.getSubjectX500Principal().getName(),
                        own.getIssuerX500Principal().getName(),
                        until.atOffset(ZoneOffset.UTC).toLocalDate());
        if (failure != null) {
            var why = failure.reason();
            report.fail(Character.toUpperCase(why.charAt(0)) + why.substring(1) + ".", advice(why, own));
            report.more(List.of("It shows " + text + "."));
            return false;
        }
        if (!tls.verify()) {
            report.warn(
                    text + "; it is not verified.",
                    "Remove REDIS_SSL_CERT_REQS, and name the authority in REDIS_CA_FILE.");
        } else if (days < SOON.toDays()) {
            report.warn(text + ": in " + days + " days.", "Renew it before then.");
        } else {
            report.ok(text + " (" + days + " days)");
        }
        return true;
    }

    private String advice(String why, X509Certificate own) {
        if (why.contains("expired")) {
            return "Renew the server's certificate.";
        }
        if (why.contains("another host name")) {
            return "Use a name that it is for (" + names(own) + "), or have it issued for " + node.host() + ".";
        }
        return "Name the file with the certificate of the authority that issued it in REDIS_CA_FILE.";
    }

    private static String names(X509Certificate certificate) {
        try {
            var alternatives = certificate.getSubjectAlternativeNames();
            return alternatives == null
                    ? "it names none"
                    : alternatives.stream()
                            .map(alternative -> Objects.toString(alternative.get(1)))
                            .collect(Collectors.joining(", "));
        } catch (CertificateParsingException e) {
            return "which cannot be read";
        }
    }

    /** Returns true if the node accepts TLS, where the settings have none. */
    boolean acceptsTls() {
        try {
            var address = InetAddress.getByName(node.host());
            return TlsHandshake.at(node, address, new Tls(false, null), Duration.ofSeconds(3))
                            .failure()
                    == null;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
