package dev.gatehouse.local;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/** An API key for one local run, of the tenant {@value #TENANT}. */
record DemoKey(String value) {

    static final String TENANT = "demo";

    static DemoKey generate() {
        var random = new byte[12];
        new SecureRandom().nextBytes(random);
        return new DemoKey("demo-" + HexFormat.of().formatHex(random));
    }

    /** As {@code GATEHOUSE_API_KEYS} takes it. */
    String setting() {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
            return TENANT + "=" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
