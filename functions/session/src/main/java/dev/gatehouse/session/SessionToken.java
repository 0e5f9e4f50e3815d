// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import dev.gatehouse.codec.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The token of a session: its id and a secret of 256 bits. Redis stores a digest of the secret.
 *
 * @param secret 43 base64url characters
 */
public record SessionToken(SessionId id, String secret) {

    /** The length of {@link #text}. */
    public static final int LENGTH = 73;

    private static final Pattern SHAPE =
            Pattern.compile("([A-Za-z0-9_-]{12})\\.([A-Za-z0-9_-]{16})\\.([A-Za-z0-9_-]{43})");
    private static final int BYTES = 32;
    private static final int NONCE_BYTES = 16;

    /** Returns a new token for a new session of {@code user}. */
    static SessionToken random(UserId user) {
        return new SessionToken(
                SessionId.random(user), base64(SecretBytes.random(BYTES).bytes()));
    }

    /** Parses {@link #text}; empty if it is malformed. */
    public static Optional<SessionToken> parse(String text) {
        var matcher = SHAPE.matcher(text);
        return matcher.matches()
                ? Optional.of(new SessionToken(new SessionId(matcher.group(1), matcher.group(2)), matcher.group(3)))
                : Optional.empty();
    }

    /** Returns {@code tag.random.secret}, for the user alone. */
    public String text() {
        return id.text() + "." + secret;
    }

    /** Returns SHA-256 of the secret, which Redis stores. */
    SecretBytes digest() {
        return new SecretBytes(Sha256.of(bytes(secret)));
    }

    /**
     * Returns the nonce of a rotation: 128 random bits, the grace period, from which the scripts date the rotation, and the
     * level that it grants.
     *
     * @param level empty for none
     */
    static SecretBytes nonce(Grace grace, String level) {
        var granted = bytes(level);
        var nonce = ByteBuffer.allocate(NONCE_BYTES + Short.BYTES + granted.length);
        nonce.put(SecretBytes.random(NONCE_BYTES).bytes())
                .putShort((short) grace.seconds())
                .put(granted);
        return new SecretBytes(nonce.array());
    }

    /** Returns the level that the rotation with this {@link #nonce} granted; empty if none. */
    static String levelOf(SecretBytes nonce) {
        var bytes = nonce.bytes();
        int from = Math.min(bytes.length, NONCE_BYTES + Short.BYTES);
        return new String(bytes, from, bytes.length - from, StandardCharsets.US_ASCII);
    }

    /**
     * Returns the successor for {@code nonce}. It is the same for each rotation of this token. Neither the contents of
     * Redis nor this token alone suffice to derive it.
     */
    SessionToken successor(SecretBytes nonce) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes(secret), "HmacSHA256"));
            return new SessionToken(id, base64(mac.doFinal(nonce.bytes())));
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

    /** Leaves out the secret. */
    @Override
    public String toString() {
        return "SessionToken[…]";
    }
}
