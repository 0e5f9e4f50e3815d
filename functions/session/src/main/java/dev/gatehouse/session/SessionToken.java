package dev.gatehouse.session;

import dev.gatehouse.codec.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What opens a session: its id and a secret of 256 bits, which only the session's user has. Redis has the secret's digest.
 *
 * @param secret 43 base64url characters
 */
public record SessionToken(SessionId id, String secret) {

    /** Characters of {@link #text}. */
    public static final int LENGTH = 73;

    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final int BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();
    /** A new one for a new session of {@code user}. */
    static SessionToken random(UserId user) {
        var bits = new byte[BYTES];
        RANDOM.nextBytes(bits);
        return new SessionToken(SessionId.random(user), base64(bits));
    }

    /** Reads {@link #text}; empty for what is none, which is a token of no session. */
    public static Optional<SessionToken> parse(String text) {
        int dot = text.lastIndexOf('.');
        if (text.length() != LENGTH
                || dot < 0
                || !SECRET.matcher(text.substring(dot + 1)).matches()) {
            return Optional.empty();
        }
        return SessionId.parse(text.substring(0, dot)).map(id -> new SessionToken(id, text.substring(dot + 1)));
    }

    /** {@code tag.random.secret}, for the session's user alone. */
    public String text() {
        return id.text() + "." + secret;
    }

    /** SHA-256 of the secret's characters: what Redis holds, and looks for. */
    byte[] digest() {
        return Sha256.of(bytes(secret));
    }

    /**
     * The token that this one is rotated to: the same for the same {@code nonce}, so that whoever has this token and asks
     * again is told the same successor, and nobody can make it from what Redis holds, nor from this token alone.
     */
    SessionToken successor(byte[] nonce) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes(secret), "HmacSHA256"));
            return new SessionToken(id, base64(mac.doFinal(nonce)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String ascii) {
        return ascii.getBytes(StandardCharsets.US_ASCII);
    }

    private static String base64(byte[] bits) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    /** Not the secret. */
    @Override
    public String toString() {
        return "SessionToken[…]";
    }
}
