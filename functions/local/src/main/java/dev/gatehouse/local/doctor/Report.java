// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.doctor;

import dev.gatehouse.redis.health.Warning;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The doctor's output: one line for each step, and then the verdict. On a terminal, dots show that a step continues.
 */
final class Report {

    /** The longest name of a step. */
    static final int NAME = 16;

    private static final String INDENT = " ".repeat(NAME + 8);

    private final PrintStream out;
    private final boolean watched;
    private final List<String> failures = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private String step = "";

    private Report(PrintStream out, boolean watched) {
        this.out = out;
        this.watched = watched;
    }

    @SuppressWarnings("SystemConsoleNull") // Since Java 25 it is null without a terminal.
    static Report on(PrintStream out) {
        var console = System.console();
        return new Report(out, console != null && console.isTerminal() && out == System.out);
    }

    void title(String text) {
        out.println();
        out.println("  " + text);
        out.println();
    }

    /** Begins a step. */
    void begin(String name) {
        step = name;
        if (watched) {
            out.printf("  %-" + NAME + "s ", name);
            out.flush();
        }
    }

    /** Shows that the step continues. */
    void progress() {
        if (watched) {
            out.print('.');
            out.flush();
        }
    }

    void ok(String text) {
        end("ok", text);
    }

    /** Ends the step without a result. */
    void note(String text) {
        end("--", text);
    }

    void warn(String what, String advice) {
        end("warn", what);
        out.println(INDENT + advice);
        warnings.add(what);
    }

    void fail(String what, String advice) {
        end("FAIL", what);
        out.println(INDENT + advice);
        failures.add(what);
    }

    /** Ends the step with a warning, or with a failure if no decision can be made because of it. */
    void add(Warning warning) {
        if (warning.isBlocking()) {
            fail(warning.what(), warning.advice());
        } else {
            warn(warning.what(), warning.advice());
        }
    }

    /** Adds details to the step. */
    void more(List<String> lines) {
        lines.forEach(line -> out.println(INDENT + line));
    }

    private void end(String mark, String text) {
        if (watched) {
            // Overwrites the dots.
            out.print("\r\033[K");
        }
        out.printf("  %-" + NAME + "s %-4s %s%n", step, mark, text);
        out.flush();
    }

    boolean hasFailures() {
        return !failures.isEmpty();
    }

    /** Returns true if an earlier step reported this. */
    boolean contains(String what) {
        return failures.contains(what) || warnings.contains(what);
    }

    /** Prints the verdict and returns the exit code. */
    int verdict() {
        var corrections =
                switch (warnings.size()) {
                    case 0 -> "";
                    case 1 -> " One thing should be corrected.";
                    default -> " " + warnings.size() + " things should be corrected.";
                };
        out.println();
        out.println(
                hasFailures()
                        ? "  NOT WELL: " + failures.getFirst()
                        : "  WELL: the functions can work with this Redis." + corrections);
        out.println();
        return hasFailures() ? CommandLine.UNHEALTHY : CommandLine.HEALTHY;
    }
}
