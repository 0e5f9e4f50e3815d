// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.telemetry;

import java.nio.charset.StandardCharsets;

/** Writes lines to standard output, from which Lambda collects logs and metrics. */
public final class StandardOutput {

    private StandardOutput() {}

    /** Prints the text of {@code line} in a single write, because Lambda may turn each write into a log event. */
    public static void print(Object line) {
        var bytes = line.toString().concat("\n").getBytes(StandardCharsets.UTF_8);
        System.out.write(bytes, 0, bytes.length);
        System.out.flush();
    }
}
