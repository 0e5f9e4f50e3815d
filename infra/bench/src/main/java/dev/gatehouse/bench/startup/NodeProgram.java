package dev.gatehouse.bench.startup;

import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.FunctionSetup;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A program of Node's with the packages it names.
 *
 * @param node the executable
 * @param version of Node
 */
record NodeProgram(Path directory, Path node, String version) {

    /**
     * Copies the program and lets npm fetch its packages; empty, with the reason printed, where that cannot be.
     *
     * @param source with the program and its {@code package.json}
     * @param target where it is to be, as it may be left by an earlier run
     */
    static Optional<NodeProgram> installed(Path source, Path target) {
        var node = executable("node");
        var npm = executable("npm");
        if (node.isEmpty() || npm.isEmpty()) {
            return without("node and npm are not here");
        }
        try {
            copy(source, target);
            run(target, npm.get().toString(), "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent");
            var version = run(target, node.get().toString(), "--version").strip();
            return Optional.of(new NodeProgram(target, node.get(), version.replaceFirst("v(\\d+).*", "$1")));
        } catch (IOException e) {
            return without(e.toString());
        }
    }

    /** A function that runs the file. */
    FunctionSetup function(String file) {
        return FunctionProcess.program(directory.toAbsolutePath(), node.toString(), file);
    }

    private static Optional<NodeProgram> without(String reason) {
        System.out.printf("without Node: %s%n", reason);
        return Optional.empty();
    }

    private static Optional<Path> executable(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static void copy(Path source, Path target) throws IOException {
        Files.createDirectories(target);
        try (var files = Files.newDirectoryStream(source)) {
            for (var file : files) {
                Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static String run(Path directory, String... command) throws IOException {
        var process = new ProcessBuilder(List.of(command))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("%s: %s".formatted(String.join(" ", command), output));
            }
            return output;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
