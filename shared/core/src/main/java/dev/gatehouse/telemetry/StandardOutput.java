package dev.gatehouse.telemetry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Where Lambda reads what a function logs. */
public final class StandardOutput {

    private StandardOutput() {}

    /** Prints a line in one piece: Lambda may make an event of the log of each that is written. */
    public static void print(String line) {
        var bytes = line.concat("\n").getBytes(StandardCharsets.UTF_8);
        System.out.write(bytes, 0, bytes.length);
        System.out.flush();
    }

    /** As {@link #print(String)}. */
    public static void print(JsonLine line) {
        try {
            line.writeLineTo(System.out);
            System.out.flush();
        } catch (IOException e) {
            throw new AssertionError("a PrintStream throws none", e);
        }
    }
}
