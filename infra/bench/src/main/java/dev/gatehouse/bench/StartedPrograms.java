// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds and runs installed programs that the suites need: node, npm, go, wrk. */
public final class StartedPrograms {

    private static final Path NODE_SOURCES = Path.of("peers/node");
    private static final Path NODE = Path.of("target/node");

    private StartedPrograms() {}

    /**
     * Returns the executable with this name, or prints a line and returns empty if it is not installed.
     *
     * @param use the part of the suite that is skipped without it
     */
    public static Optional<Path> find(String name, String use) {
        var found = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty()) {
            System.out.printf("%s is not on the PATH: skipping %s%n", name, use);
        }
        return found;
    }

    /**
     * Runs a command and returns its output.
     *
     * @throws IOException if the command cannot start or fails
     */
    public static String run(Path directory, String... command) throws IOException {
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

    /**
     * A copy of the Node peers with their packages.
     *
     * @param node the executable
     * @param version the major version of Node
     */
    public record NodePeers(Path directory, Path node, String version) {}

    /** Installs the Node peers, or prints the reason and returns empty if that fails. */
    public static Optional<NodePeers> installNodePeers() {
        var node = find("node", "Node");
        var npm = find("npm", "Node");
        if (node.isEmpty() || npm.isEmpty()) {
            return Optional.empty();
        }
        try {
            Files.createDirectories(NODE);
            try (var sources = Files.newDirectoryStream(NODE_SOURCES)) {
                for (var source : sources) {
                    Files.copy(source, NODE.resolve(source.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            run(NODE, npm.get().toString(), "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent");
            var version = run(NODE, node.get().toString(), "--version").strip();
            return Optional.of(
                    new NodePeers(NODE.toAbsolutePath(), node.get(), version.replaceFirst("v(\\d+).*", "$1")));
        } catch (IOException e) {
            System.out.printf("skipping Node: %s%n", e);
            return Optional.empty();
        }
    }
}
