package dev.gatehouse.session;

import java.security.SecureRandom;

/** 128 random bits of a rotation. Derives the successor from the old token. */
final class Nonce {

    /** The nonce of a session that was never rotated. */
    static final Nonce NONE = new Nonce(new byte[0]);

    private static final int BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] bytes;

    Nonce(byte[] bytes) {
        this.bytes = bytes;
    }

    static Nonce random() {
        var bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return new Nonce(bytes);
    }

    byte[] bytes() {
        return bytes;
    }

    @Override
    public String toString() {
        return "Nonce[…]";
    }
}
