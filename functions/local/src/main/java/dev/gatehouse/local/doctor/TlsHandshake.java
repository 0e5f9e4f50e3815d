package dev.gatehouse.local.doctor;

import dev.gatehouse.redis.LinkFailure;
import dev.gatehouse.redis.config.RedisSettings.Node;
import dev.gatehouse.redis.config.RedisSettings.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The result of one TLS handshake, made as the link makes it.
 *
 * @param failure why it failed; null if it succeeded
 * @param protocol the negotiated protocol; empty if it failed
 * @param cipher the negotiated cipher suite; empty if it failed
 * @param shown the server's certificates, its own first; empty if it sent none
 * @param took from the open connection to the end of the handshake
 */
record TlsHandshake(
        @Nullable LinkFailure failure, String protocol, String cipher, List<X509Certificate> shown, Duration took) {

    /** Performs a handshake with {@code node}; connection and handshake may each take {@code timeout}. */
    static TlsHandshake at(Node node, InetAddress address, Tls tls, Duration timeout) {
        CertificateRecorder seen = null;
        var start = System.nanoTime();
        try (var tcp = new Socket()) {
            seen = new CertificateRecorder(tls.verify() ? trusting(tls.caFile()) : null);
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {seen}, null);
            tcp.connect(new InetSocketAddress(address, node.port()), (int) timeout.toMillis());
            tcp.setSoTimeout((int) timeout.toMillis());
            start = System.nanoTime();
            try (var socket =
                    (SSLSocket) context.getSocketFactory().createSocket(tcp, node.host(), node.port(), true)) {
                if (tls.verify()) {
                    var parameters = socket.getSSLParameters();
                    parameters.setEndpointIdentificationAlgorithm("HTTPS");
                    socket.setSSLParameters(parameters);
                }
                socket.startHandshake();
                var session = socket.getSession();
                return new TlsHandshake(
                        null, session.getProtocol(), session.getCipherSuite(), seen.chain(), since(start));
            }
        } catch (IOException | GeneralSecurityException e) {
            return new TlsHandshake(
                    LinkFailure.behind(e), "", "", seen == null ? List.of() : seen.chain(), since(start));
        }
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Trusts the authorities in {@code caFile}, or the JVM's. */
    private static X509ExtendedTrustManager trusting(@Nullable Path caFile)
            throws IOException, GeneralSecurityException {
        KeyStore trusted = null;
        if (caFile != null) {
            trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            try (var pem = Files.newInputStream(caFile)) {
                for (var authority : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                    trusted.setCertificateEntry("authority-" + trusted.size(), authority);
                }
            }
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    }
}
