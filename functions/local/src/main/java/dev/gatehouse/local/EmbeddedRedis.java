// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import dev.gatehouse.redis.config.RedisSettings;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import redis.embedded.RedisServer;
import redis.embedded.core.ExecutableProvider;

/** A Redis process on loopback, which persists nothing and ends with the server. */
final class EmbeddedRedis {

    private static final int ATTEMPTS = 3;

    private final RedisServer process;
    private final int port;
    private final Path directory;

    private EmbeddedRedis(RedisServer process, int port, Path directory) {
        this.process = process;
        this.port = port;
        this.directory = directory;
    }

    static EmbeddedRedis start() throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return startOnce();
            } catch (IOException e) {
                // Another process can take the free port before Redis listens.
                if (attempt == ATTEMPTS) {
                    throw new IOException(
                            "the embedded Redis does not start here; configure another with REDIS_URL", e);
                }
            }
        }
    }

    private static EmbeddedRedis startOnce() throws IOException {
        var directory = Files.createTempDirectory("gatehouse-redis-");
        var port = freePort();
        var process = RedisServer.newRedisServer()
                .executableProvider(ExecutableProvider.newJarResourceProvider(directory.toFile()))
                .port(port)
                .setting("save \"\"")
                .setting("appendonly no")
                .setting("maxmemory-policy noeviction")
                // Its output must be read, or its pipe fills and it stops.
                .soutListener(_ -> {})
                .serrListener(_ -> {})
                .build();
        var redis = new EmbeddedRedis(process, port, directory);
        try {
            process.start();
            return redis;
        } catch (IOException e) {
            redis.close();
            throw e;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    RedisSettings settings() {
        return RedisSettings.of("127.0.0.1", port);
    }

    void close() {
        try {
            process.stop();
            deleteDirectory();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void deleteDirectory() throws IOException {
        try (var files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }
}
