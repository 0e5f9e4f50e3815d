package dev.gatehouse.testkit.tls;

import dev.gatehouse.testkit.process.LoopbackPort;
import dev.gatehouse.testkit.process.ScratchDirectory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Throw-away certificates, as PEM files: an authority, server certificates signed by it, and a second authority that
 * has nothing to do with it. The keys are elliptic (P-256).
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

    private final ScratchDirectory directory;
    private final CertificateAuthority ours;
    private final CertificateAuthority theirs;
    private final Server localhost;
    private final Server elsewhere;
    private final Server expired;

    private Certificates(ScratchDirectory directory) throws IOException, GeneralSecurityException {
        this.directory = directory;
        ours = new CertificateAuthority("Gatehouse test authority");
        theirs = new CertificateAuthority("Unrelated test authority");
        write(ca(), "CERTIFICATE", ours.certificate());
        write(unrelatedCa(), "CERTIFICATE", theirs.certificate());
        var yesterday = CertificateAuthority.yesterday();
        var lastMonth = yesterday.minus(Duration.ofDays(30));
        localhost = write("localhost", ours.issue(yesterday, "localhost", LoopbackPort.address()));
        elsewhere = write("elsewhere", ours.issue(yesterday, "elsewhere.example"));
        expired = write("expired", ours.issue(lastMonth, "localhost", LoopbackPort.address()));
    }

    /** Makes a new set in a directory of its own. */
    public static Certificates create() {
        var directory = ScratchDirectory.named("certificates");
        try {
            return new Certificates(directory);
        } catch (IOException | GeneralSecurityException e) {
            directory.close();
            throw new IllegalStateException("no certificates", e);
        }
    }

    /** PEM file of the authority that signed the server certificates. */
    public Path ca() {
        return directory.resolve("ca.pem");
    }

    /** PEM file of an authority that signed none of them. */
    public Path unrelatedCa() {
        return directory.resolve("unrelated-ca.pem");
    }

    /** Good for {@code localhost} and {@code 127.0.0.1}. */
    public Server localhost() {
        return localhost;
    }

    /** Signed by the authority, but for {@code elsewhere.example} only. */
    public Server elsewhere() {
        return elsewhere;
    }

    /** For {@code localhost} and {@code 127.0.0.1}, but no longer valid. */
    public Server expired() {
        return expired;
    }

    /** A client's context that trusts what {@link #ca} signed, and nothing else. */
    public SSLContext trusting() {
        return trusting(ours);
    }

    /** A client's context that trusts what {@link #unrelatedCa} signed, and nothing else. */
    public SSLContext trustingUnrelated() {
        return trusting(theirs);
    }

    @Override
    public void close() {
        directory.close();
    }

    private Server write(String name, CertificateAuthority.Issued issued) throws IOException {
        var server = new Server(directory.resolve(name + ".pem"), directory.resolve(name + ".key"), ca());
        write(server.certificate(), "CERTIFICATE", issued.certificate());
        write(server.key(), "PRIVATE KEY", issued.privateKey());
        return server;
    }

    private static void write(Path file, String type, byte[] der) throws IOException {
        var base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(file, "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(type, base64));
    }

    private static SSLContext trusting(CertificateAuthority authority) {
        try {
            var x509 = CertificateFactory.getInstance("X.509");
            var trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry(
                    "ca", x509.generateCertificate(new ByteArrayInputStream(authority.certificate())));
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
