package dev.gatehouse.telemetry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Writes lines to standard output, from which Lambda collects logs and metrics. */
public final class StandardOutput {

    private StandardOutput() {}

    /** Prints a line in a single write, because Lambda may turn each write into a log event. */
    public static void print(String line) {
        var bytes = line.concat("\n").getBytes(StandardCharsets.UTF_8);
        System.out.write(bytes, 0, bytes.length);
        System.out.flush();
    }

    /** Prints a line in a single write, like {@link #print(String)}. */
    public static void print(JsonLine line) {
        try {
            line.writeLineTo(System.out);
            System.out.flush();
        } catch (IOException e) {
            throw new AssertionError("a PrintStream throws none", e);
        }
    }
}
