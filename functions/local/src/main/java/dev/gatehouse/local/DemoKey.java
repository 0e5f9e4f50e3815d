package dev.gatehouse.local;

import dev.gatehouse.codec.Sha256;
import java.nio.charset.StandardCharsets;
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
        return TENANT + "=" + HexFormat.of().formatHex(Sha256.of(value.getBytes(StandardCharsets.UTF_8)));
    }
}
