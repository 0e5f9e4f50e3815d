package dev.gatehouse.testkit.tls;

import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * An authority that signs certificates for elliptic keys (P-256, SHA-256). It writes them itself: keytool, a JVM for
 * each certificate, takes seconds for what takes milliseconds, and the JDK has no public interface for it.
 */
final class CertificateAuthority {

    /** A certificate and the key that belongs to it, both in DER; the key is PKCS #8. */
    record Issued(byte[] certificate, byte[] privateKey) {}

    private static final Der ECDSA_WITH_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));
    private static final Duration LIFE = Duration.ofDays(10);
    private static final Der COMMON_NAME = Der.oid("2.5.4.3");
    private static final Der SUBJECT_ALTERNATIVE_NAMES = Der.oid("2.5.29.17");
    private static final Der BASIC_CONSTRAINTS = Der.oid("2.5.29.19");

    private final String name;
    private final KeyPair keys;
    private final byte[] certificate;

    CertificateAuthority(String name) throws GeneralSecurityException {
        this.name = name;
        this.keys = newKeys();
        var isAuthority = Der.octets(Der.sequence(Der.yes()).bytes());
        this.certificate =
                sign(name, keys.getPublic(), yesterday(), Der.sequence(BASIC_CONSTRAINTS, Der.yes(), isAuthority));
    }

    /** The authority's own certificate, in DER. */
    byte[] certificate() {
        return certificate;
    }

    /** A certificate for a DNS name and addresses, good for ten days from the beginning. */
    Issued issue(Instant beginning, String dnsName, InetAddress... addresses) throws GeneralSecurityException {
        var dns = Der.implicit(2, dnsName.getBytes(StandardCharsets.US_ASCII));
        var ips = Arrays.stream(addresses).map(address -> Der.implicit(7, address.getAddress()));
        var names = Der.sequence(Stream.concat(Stream.of(dns), ips).toArray(Der[]::new));
        var serverKeys = newKeys();
        var extension = Der.sequence(SUBJECT_ALTERNATIVE_NAMES, Der.octets(names.bytes()));
        return new Issued(
                sign(dnsName, serverKeys.getPublic(), beginning, extension),
                serverKeys.getPrivate().getEncoded());
    }

    /** The usual beginning: clocks may differ a little. */
    static Instant yesterday() {
        return Instant.now().minus(Duration.ofDays(1));
    }

    private byte[] sign(String subject, PublicKey key, Instant beginning, Der extension)
            throws GeneralSecurityException {
        var version3 = Der.explicit(0, Der.integer(BigInteger.TWO));
        var serial = Der.integer(new BigInteger(64, new SecureRandom()));
        var validity = Der.sequence(Der.time(beginning), Der.time(beginning.plus(LIFE)));
        var toBeSigned = Der.sequence(
                version3,
                serial,
                ECDSA_WITH_SHA256,
                distinguished(name),
                validity,
                distinguished(subject),
                new Der(key.getEncoded()),
                Der.explicit(3, Der.sequence(extension)));
        var signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(keys.getPrivate());
        signature.update(toBeSigned.bytes());
        return Der.sequence(toBeSigned, ECDSA_WITH_SHA256, Der.bits(signature.sign()))
                .bytes();
    }

    private static Der distinguished(String commonName) {
        return Der.sequence(Der.set(Der.sequence(COMMON_NAME, Der.utf8(commonName))));
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }
}
