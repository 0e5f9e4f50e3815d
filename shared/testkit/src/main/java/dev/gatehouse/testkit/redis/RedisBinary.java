// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.redis;

import dev.gatehouse.testkit.process.ScratchDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import redis.embedded.core.ExecutableProvider;

/**
 * The redis-server that the tests start: the embedded one for this system, unpacked once per JVM. {@code
 * EMBEDDED_REDIS_EXECUTABLE} names another, to run the tests on another version or on Valkey.
 */
record RedisBinary(Path path) {

    static RedisBinary get() {
        return Holder.BINARY;
    }

    private static final class Holder {
        static final RedisBinary BINARY = find();

        private static RedisBinary find() {
            var named = System.getenv(ExecutableProvider.ENVIRONMENT_EXECUTABLE_LOCATION);
            if (named != null && !named.isBlank()) {
                return new RedisBinary(Path.of(named));
            }
            var directory = ScratchDirectory.named("redis-server");
            try {
                var file = ExecutableProvider.newJarResourceProvider(
                                directory.path().toFile())
                        .get();
                return new RedisBinary(file.toPath());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
