// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.lambda;

import dev.gatehouse.testkit.process.ChildProcess;
import dev.gatehouse.testkit.process.JvmFigures;
import dev.gatehouse.testkit.process.Poller;
import dev.gatehouse.testkit.process.ScratchDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A function in a process of its own, as deployed. AWS's runtime client runs the built zip, or the class path of its
 * image, and gets events from a {@link LambdaRuntimeStub}. Linux only, like the runtime client.
 */
public final class FunctionProcess implements AutoCloseable {

    private static final Duration ARCHIVING = Duration.ofSeconds(60);
    /** The columns of Linux's table of connections. */
    private static final int REMOTE = 2;

    private static final int INODE = 9;

    private final FunctionSetup setup;
    private final ScratchDirectory directory = ScratchDirectory.named("function");
    private final LambdaRuntimeStub runtime = LambdaRuntimeStub.start();
    private final long startNanos;
    private final ChildProcess process;
    /** The archive that this process writes at its end. */
    private final Optional<ClassArchive> archive;

    private volatile Duration timeToFirstResponse;

    FunctionProcess(FunctionSetup setup) {
        this.setup = setup;
        try {
            var command = setup.command(directory.path(), runtime.address());
            archive = setup.classArchive().filter(it -> command.command().contains(it.writeOption()));
            startNanos = System.nanoTime();
            process = ChildProcess.start(command, directory);
            process.onExit(runtime::functionExited);
        } catch (RuntimeException e) {
            runtime.close();
            directory.close();
            throw e;
        }
    }

    /**
     * Describes a function to start.
     *
     * @param zip the package, with classes at its root and jars in {@code lib/}
     * @param handler the name of the handler class
     */
    public static FunctionSetup of(Path zip, String handler) {
        return new FunctionSetup(zip, handler, List.of());
    }

    /**
     * Describes a function in another language, which calls the Runtime API itself. It has no Java settings.
     *
     * @param directory the working directory
     * @param command the command that starts it
     */
    public static FunctionSetup program(Path directory, String... command) {
        return new FunctionSetup(directory, "function", List.of(command));
    }

    /**
     * Sends the function an event and waits for the result. The first invocation also waits for the start.
     *
     * @param event the event in JSON
     */
    public LambdaRuntimeStub.Result invoke(String event, Duration timeout) {
        var result = runtime.invoke(event, timeout);
        if (timeToFirstResponse == null && result.ending() == LambdaRuntimeStub.Ending.RESPONSE) {
            timeToFirstResponse = Duration.ofNanos(System.nanoTime() - startNanos);
        }
        return result;
    }

    /** Returns the time from the start of the process to its first response; empty before that. */
    public Optional<Duration> timeToFirstResponse() {
        return Optional.ofNullable(timeToFirstResponse);
    }

    /** Returns the Runtime API of the function. */
    public LambdaRuntimeStub runtime() {
        return runtime;
    }

    public long pid() {
        return process.pid();
    }

    /** Returns the CPU time of the function so far, on all cores. */
    public Duration processorTime() {
        return ProcessHandle.of(pid())
                .flatMap(it -> it.info().totalCpuDuration())
                .orElseThrow(() -> new IllegalStateException("the function has ended"));
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Returns the function's standard output so far. */
    public String stdout() {
        return process.stdout();
    }

    /** Returns the function's standard error so far. */
    public String stderr() {
        return process.stderr();
    }

    /** Returns the names of its threads, cut to 15 characters. */
    public List<String> threads() {
        return lines(Path.of("/proc/%d/task".formatted(pid())), thread -> Files.readString(thread.resolve("comm")));
    }

    /** Returns the ports to which it has a TCP connection. */
    public Set<Integer> connectedPorts() {
        var sockets = lines(Path.of("/proc/%d/fd".formatted(pid())), file -> Files.readSymbolicLink(file)
                .toString());
        return Stream.of("tcp", "tcp6")
                .flatMap(table -> connections(Path.of("/proc/%d/net".formatted(pid()), table)))
                .filter(connection -> sockets.contains("socket:[%s]".formatted(connection[INODE])))
                .map(connection -> Integer.parseInt(connection[REMOTE].replaceAll(".*:", ""), 16))
                .filter(port -> port != 0)
                .collect(Collectors.toSet());
    }

    private static Stream<String[]> connections(Path table) {
        try {
            return Files.readAllLines(table).stream().skip(1).map(line -> line.strip()
                    .split("\\s+"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads one line of each entry. Skips entries that end meanwhile. */
    private static List<String> lines(Path directory, Reading reading) {
        try (var entries = Files.list(directory)) {
            return entries.map(entry -> {
                        try {
                            return reading.of(entry).strip();
                        } catch (IOException e) {
                            return "";
                        }
                    })
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Reading {
        String of(Path entry) throws IOException;
    }

    /** Sends SIGSTOP, as Lambda freezes an environment between two invocations. */
    public void freeze() {
        process.signal("STOP");
    }

    /** Sends SIGCONT. */
    public void thaw() {
        process.signal("CONT");
    }

    /** Returns the bytes of the live objects of the heap, after a full collection. */
    public long liveHeapBytes() {
        return new JvmFigures(pid(), setup.javaTool("jcmd")).liveHeapBytes();
    }

    /**
     * Sends SIGTERM and waits until the function has ended.
     *
     * @param timeout the longest wait
     * @throws IllegalStateException if it still runs after the timeout
     */
    public void end(Duration timeout) {
        process.signal("TERM");
        new Poller(timeout).until(() -> !process.isAlive(), () -> "the function does not end");
    }

    /** Ends the process and its Runtime API, and deletes the unpacked files. */
    @Override
    public void close() {
        archive.ifPresent(this::write);
        process.kill();
        runtime.close();
        directory.close();
    }

    /** Writes the archive, unless the process failed to start: then it has not loaded the classes that others need. */
    private void write(ClassArchive archive) {
        if (timeToFirstResponse != null) {
            thaw();
            process.end(ARCHIVING);
        }
        process.kill();
        archive.writerEnded();
    }
}
