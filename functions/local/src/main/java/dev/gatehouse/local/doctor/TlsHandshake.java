// SPDX-License-Identifier: Apache-2.0
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
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The result of one TLS handshake, made as the link makes it.
 *
 * @param failure the reason of the failure; null if it succeeded
 * @param session the negotiated protocol and cipher suite; empty if it failed
 * @param certificate the server's own certificate; null if it sent none
 * @param took the time from the open connection to the end of the handshake
 */
record TlsHandshake(
        @Nullable LinkFailure failure,
        String session,
        @Nullable X509Certificate certificate,
        Duration took) {

    /** Performs a handshake with {@code node}; connection and handshake may each take {@code timeout}. */
    static TlsHandshake at(Node node, InetAddress address, Tls tls, Duration timeout) {
        try {
            return perform(node, address, tls, timeout);
        } catch (IOException | GeneralSecurityException e) {
            // A second handshake, without verification, shows the certificate that failed it.
            var certificate = tls.verify() ? at(node, address, new Tls(false, null), timeout).certificate : null;
            return new TlsHandshake(LinkFailure.of(e), "", certificate, Duration.ZERO);
        }
    }

    private static TlsHandshake perform(Node node, InetAddress address, Tls tls, Duration timeout)
            throws IOException, GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(null, tls.verify() ? authorities(tls.caFile()) : new TrustManager[] {new TrustAll()}, null);
        try (var tcp = new Socket()) {
            tcp.connect(new InetSocketAddress(address, node.port()), (int) timeout.toMillis());
            tcp.setSoTimeout((int) timeout.toMillis());
            var start = System.nanoTime();
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
                        null,
                        session.getProtocol() + ", " + session.getCipherSuite(),
                        (X509Certificate) session.getPeerCertificates()[0],
                        Duration.ofNanos(System.nanoTime() - start));
            }
        }
    }

    /** Trusts the authorities in {@code caFile}, or the JVM's. */
    private static TrustManager[] authorities(@Nullable Path caFile) throws IOException, GeneralSecurityException {
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
        return factory.getTrustManagers();
    }

    /** Trusts every server. Extended, since the JDK adds checks of its own to a plain manager. */
    private static final class TrustAll extends X509ExtendedTrustManager {

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
