// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The minimal Lua scripts of the baselines. */
public enum BaselineScript {
    GCRA,
    LOOKUP,
    AUTHORIZE,
    CLAIM,
    COMPLETE,
    CACHE_LOOKUP,
    CACHE_FILL,
    STATE_READ,
    STATE_SAVE,
    STATE_CLAIM,
    STATE_RELEASE;

    /** The digest in the sessions of {@link #LOOKUP} and {@link #AUTHORIZE}. */
    public static final String SESSION_DIGEST = "digest";

    /** The directory of the scripts, relative to this module, which is the working directory of the programs. */
    public static final Path DIRECTORY = Path.of("src/main/resources/dev/gatehouse/bench/scripts");

    public String text() {
        var name = "scripts/" + name().toLowerCase(java.util.Locale.ROOT) + ".lua";
        try (var file = requireNonNull(BaselineScript.class.getResourceAsStream(name))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
