// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import dev.gatehouse.codec.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The API key of one local run, of the tenant {@value #TENANT}. */
record DemoKey(String value) {

    static final String TENANT = "demo";

    static DemoKey generate() {
        var random = new byte[12];
        new SecureRandom().nextBytes(random);
        return new DemoKey("demo-" + HexFormat.of().formatHex(random));
    }

    /** Returns the entry for {@code GATEHOUSE_API_KEYS}. */
    String setting() {
        return TENANT + "=" + HexFormat.of().formatHex(Sha256.of(value.getBytes(StandardCharsets.UTF_8)));
    }
}
