// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.tls;

import dev.gatehouse.testkit.process.LoopbackPort;
import dev.gatehouse.testkit.process.ScratchDirectory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;

/**
 * Throw-away certificates as PEM files: an authority, server certificates that it signed, and an unrelated authority.
 * The keys are elliptic (P-256).
 */
public final class Certificates implements AutoCloseable {

    /**
     * The certificate of a server.
     *
     * @param certificate PEM file of the certificate
     * @param key PEM file of its private key (PKCS #8, not encrypted)
     * @param ca PEM file of the authority that signed it
     */
    public record Server(Path certificate, Path key, Path ca) {}

    private static final Duration LIFE = Duration.ofDays(10);

    private final ScratchDirectory directory;
    private final X509Bundle authority;
    private final X509Bundle unrelated;
    private final Server localhost;
    private final Server elsewhere;
    private final Server expired;

    private Certificates(ScratchDirectory directory) throws Exception {
        this.directory = directory;
        // Clocks may differ a little.
        var yesterday = Instant.now().minus(Duration.ofDays(1));
        var lastMonth = yesterday.minus(Duration.ofDays(30));
        authority = authority("Gatehouse test authority", yesterday);
        unrelated = authority("Unrelated test authority", yesterday);
        Files.writeString(ca(), authority.getCertificatePEM());
        Files.writeString(unrelatedCa(), unrelated.getCertificatePEM());
        localhost = write("localhost", server("localhost", yesterday).addSanIpAddress(LoopbackPort.address()));
        elsewhere = write("elsewhere", server("elsewhere.example", yesterday));
        expired = write("expired", server("localhost", lastMonth).addSanIpAddress(LoopbackPort.address()));
    }

    /** Creates a new set in a directory of its own. */
    public static Certificates create() {
        var directory = ScratchDirectory.named("certificates");
        try {
            return new Certificates(directory);
        } catch (Exception e) {
            directory.close();
            throw new IllegalStateException("The certificates cannot be created.", e);
        }
    }

    /** Returns the PEM file of the authority that signed the server certificates. */
    public Path ca() {
        return directory.resolve("ca.pem");
    }

    /** Returns the PEM file of an authority that signed none of them. */
    public Path unrelatedCa() {
        return directory.resolve("unrelated-ca.pem");
    }

    /** Returns a valid certificate for {@code localhost} and {@code 127.0.0.1}. */
    public Server localhost() {
        return localhost;
    }

    /** Returns a certificate that the authority signed, but for {@code elsewhere.example} only. */
    public Server elsewhere() {
        return elsewhere;
    }

    /** Returns an expired certificate for {@code localhost} and {@code 127.0.0.1}. */
    public Server expired() {
        return expired;
    }

    /** Returns a client context that trusts only {@link #ca}. */
    public SSLContext trusting() {
        return trusting(authority);
    }

    /** Returns a client context that trusts only {@link #unrelatedCa}. */
    public SSLContext trustingUnrelated() {
        return trusting(unrelated);
    }

    @Override
    public void close() {
        directory.close();
    }

    private static X509Bundle authority(String name, Instant from) throws Exception {
        return certificate(name, from).setIsCertificateAuthority(true).buildSelfSigned();
    }

    private static CertificateBuilder server(String host, Instant from) {
        return certificate(host, from).addSanDnsName(host);
    }

    private static CertificateBuilder certificate(String name, Instant from) {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=" + name)
                .notBefore(from)
                .notAfter(from.plus(LIFE));
    }

    private Server write(String name, CertificateBuilder certificate) throws Exception {
        var issued = certificate.buildIssuedBy(authority);
        var server = new Server(directory.resolve(name + ".pem"), directory.resolve(name + ".key"), ca());
        Files.writeString(server.certificate(), issued.getCertificatePEM());
        Files.writeString(server.key(), issued.getPrivateKeyPEM());
        return server;
    }

    private static SSLContext trusting(X509Bundle root) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, root.toTrustManagerFactory().getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
