package dev.gatehouse.local.doctor;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** What the doctor writes: a line for each step, with dots while it lasts where a person looks on, and then the verdict. */
final class Page {

    private static final int NAME = 16;
    private static final String INDENT = " ".repeat(NAME + 8);

    private final PrintStream out;
    private final boolean watched;
    private final List<String> failures = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private String step = "";

    private Page(PrintStream out, boolean watched) {
        this.out = out;
        this.watched = watched;
    }

    @SuppressWarnings("SystemConsoleNull") // It is null again since 25 where nobody looks on.
    static Page on(PrintStream out) {
        var console = System.console();
        return new Page(out, console != null && console.isTerminal() && out == System.out);
    }

    void title(String text) {
        out.println();
        out.println("  " + text);
        out.println();
    }

    /** The step that the next lines are about. */
    void begin(String name) {
        step = name;
        if (watched) {
            out.printf("  %-" + NAME + "s ", name);
            out.flush();
        }
    }

    /** It goes on. */
    void progress() {
        if (watched) {
            out.print('.');
            out.flush();
        }
    }

    void ok(String text) {
        end("ok", text);
    }

    /** It is neither well nor unwell. */
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

    /** More of the step. */
    void more(List<String> lines) {
        lines.forEach(line -> out.println(INDENT + line));
    }

    private void end(String mark, String text) {
        if (watched) {
            // Over the dots.
            out.print("\r\033[K");
        }
        out.printf("  %-" + NAME + "s %-4s %s%n", step, mark, text);
        out.flush();
    }

    boolean hasFailures() {
        return !failures.isEmpty();
    }

    /** Whether this was said of an earlier step. */
    boolean hasSaid(String what) {
        return failures.contains(what) || warnings.contains(what);
    }

    private String toMend() {
        return switch (warnings.size()) {
            case 0 -> "";
            case 1 -> " One thing should be mended.";
            default -> " " + warnings.size() + " things should be mended.";
        };
    }

    /** Writes what it comes to, and tells the exit code. */
    int verdict() {
        out.println();
        if (hasFailures()) {
            out.println("  NOT WELL: " + failures.getFirst());
            out.println();
            return Commands.UNWELL;
        }
        out.println("  WELL: the functions can work with this Redis." + toMend());
        out.println();
        return Commands.WELL;
    }
}
