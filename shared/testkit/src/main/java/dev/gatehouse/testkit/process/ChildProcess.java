// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A child process whose output goes to files. It never outlives this JVM. */
public final class ChildProcess {

    private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> ALIVE.forEach(Process::destroyForcibly), "end-child-processes"));
    }

    private final Process process;
    private final Path stdout;
    private final Path stderr;

    private ChildProcess(Process process, Path stdout, Path stderr) {
        this.process = process;
        this.stdout = stdout;
        this.stderr = stderr;
    }

    /** Starts the command. Its output is appended to {@code stdout} and {@code stderr} in the directory. */
    public static ChildProcess start(ProcessBuilder command, ScratchDirectory directory) {
        var stdout = directory.resolve("stdout");
        var stderr = directory.resolve("stderr");
        command.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(stdout.toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(stderr.toFile()));
        try {
            var process = command.start();
            ALIVE.add(process);
            process.onExit().thenAccept(ALIVE::remove);
            return new ChildProcess(process, stdout, stderr);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Runs the action on any thread when the process ends, or at once if it has ended. */
    public void onExit(Runnable action) {
        process.onExit().thenRun(action);
    }

    public String stdout() {
        return read(stdout);
    }

    public String stderr() {
        return read(stderr);
    }

    /** Sends a signal by its name, such as {@code STOP}. No effect on a process that has ended. */
    public void signal(String name) {
        if (!process.isAlive()) {
            return;
        }
        try {
            // The shell's own kill: not every container image has the program.
            var kill = new ProcessBuilder("sh", "-c", "kill -%s %d".formatted(name, process.pid())).start();
            if ((!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) && process.isAlive()) {
                throw new IllegalStateException("signal %s cannot be sent".formatted(name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends SIGTERM, and SIGKILL after the timeout. Returns when the process has ended. */
    public void end(Duration timeout) {
        process.destroy();
        if (!hasEndedWithin(timeout)) {
            kill();
        }
    }

    /** Sends SIGKILL, which also ends a stopped process. Returns when the process has ended. */
    public void kill() {
        process.destroyForcibly();
        if (!hasEndedWithin(Duration.ofSeconds(10))) {
            throw new IllegalStateException("process %d does not die".formatted(process.pid()));
        }
    }

    private boolean hasEndedWithin(Duration timeout) {
        try {
            return process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
