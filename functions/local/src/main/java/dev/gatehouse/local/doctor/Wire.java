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

/** The way to one node, step by step, before Redis itself is spoken to: its name, TCP, TLS and the certificate. */
final class Wire {

    /** A certificate that ends sooner is worth a word. */
    private static final Duration SOON = Duration.ofDays(14);

    private final RedisSettings settings;
    private final Node node;
    private final Page page;

    Wire(RedisSettings settings, Node node, Page page) {
        this.settings = settings;
        this.node = node;
        this.page = page;
    }

    /** Whether Redis can be spoken to at its end. */
    boolean leadsThere() {
        var address = address();
        if (address == null || !answersTcp(address)) {
            return false;
        }
        var tls = settings.tls();
        return tls == null || agreesOnTls(address, tls);
    }

    private @Nullable InetAddress address() {
        page.begin("name");
        try {
            var addresses = InetAddress.getAllByName(node.host());
            var list = Arrays.stream(addresses).map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
            page.ok(list.equals(node.host()) ? list + " needs no resolution" : node.host() + " is " + list);
            return addresses[0];
        } catch (UnknownHostException e) {
            page.fail(
                    "The host name " + node.host() + " is not known here.",
                    "Look for a typing error. A private name is known only inside its network, such as its VPC.");
            return null;
        }
    }

    private boolean answersTcp(InetAddress address) {
        page.begin("TCP");
        var start = System.nanoTime();
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, node.port()), (int)
                    settings.timeouts().connect().toMillis());
            page.ok("port " + node.port() + " answers in " + Millis.since(start));
            return true;
        } catch (IOException e) {
            var why = LinkFailure.behind(e).why();
            page.fail(
                    "No connection to " + node + ": " + why + ".",
                    why.contains("refused")
                            ? "Start Redis, or have it listen there: see port, bind and protected-mode in its configuration."
                            : "Something drops it: let this machine, or the function's security group, reach port "
                                    + node.port() + "; or raise REDIS_CONNECTION_TIMEOUT.");
            return false;
        }
    }

    private boolean agreesOnTls(InetAddress address, Tls tls) {
        page.begin("TLS");
        var look = TlsLook.at(node, address, tls, settings.timeouts().tlsHandshake());
        var failure = look.failure();
        var own = look.shown().isEmpty() ? null : look.shown().getFirst();
        if (failure != null && own == null) {
            page.fail(
                    "No TLS with " + node + ": " + failure.why() + ".",
                    "If Redis speaks plain TCP on this port write redis://; better, turn on TLS there (tls-port).");
            return false;
        }
        if (failure == null) {
            page.ok(look.protocol() + ", " + look.cipher() + " in " + Millis.of(look.took()));
        } else {
            page.note("it speaks TLS");
        }
        page.begin("certificate");
        return own == null || isGood(own, failure, tls);
    }

    private boolean isGood(X509Certificate own, @Nullable LinkFailure failure, Tls tls) {
        var until = own.getNotAfter().toInstant();
        var days = Duration.between(Instant.now(), until).toDays();
        var told = "%s, from %s, until %s"
                .formatted(
                        own.getSubjectX500Principal().getName(),
                        own.getIssuerX500Principal().getName(),
                        until.atOffset(ZoneOffset.UTC).toLocalDate());
        if (failure != null) {
            page.fail(sentence(failure.why()), advice(failure.why(), own));
            page.more(List.of("It shows " + told + "."));
            return false;
        }
        if (!tls.verify()) {
            page.warn(
                    told + "; nobody checks it.",
                    "Leave REDIS_SSL_CERT_REQS out, and name the authority in REDIS_CA_FILE.");
        } else if (days < SOON.toDays()) {
            page.warn(told + ": in " + days + " days.", "Renew it before then.");
        } else {
            page.ok(told + " (" + days + " days)");
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

    /** Whether the node would rather have TLS, where the settings have none. */
    boolean wouldSpeakTls() {
        try {
            var address = InetAddress.getByName(node.host());
            return TlsLook.at(node, address, new Tls(false, null), Duration.ofSeconds(3))
                            .failure()
                    == null;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static String sentence(String why) {
        return Character.toUpperCase(why.charAt(0)) + why.substring(1) + ".";
    }
}
