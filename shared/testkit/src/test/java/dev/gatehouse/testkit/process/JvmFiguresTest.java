// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated // It counts what other tests would use, too.
class JvmFiguresTest {

    private static final int MANY = 20;

    private final JvmFigures figures = JvmFigures.of(ProcessHandle.current().pid());

    @Test
    void theHeapHasWhatIsReferenced() {
        var before = figures.liveHeapBytes();
        var held = new byte[32 << 20];

        assertThat(figures.liveHeapBytes() - before).isBetween(30L << 20, 64L << 20);
        Reference.reachabilityFence(held);
        assertThat(figures.residentBytes()).isGreaterThan(32L << 20);
    }

    @Test
    void threadsAndDescriptorsAreCounted() throws IOException {
        var threads = figures.threads();
        var descriptors = figures.descriptors();
        var end = new CountDownLatch(1);
        for (var i = 0; i < MANY; i++) {
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        try (var directory = ScratchDirectory.named("figures");
                var _ = Files.newOutputStream(directory.resolve("a"));
                var _ = Files.newOutputStream(directory.resolve("b"))) {
            assertThat(figures.threads()).isGreaterThanOrEqualTo(threads + MANY - 5);
            assertThat(figures.descriptors()).isGreaterThanOrEqualTo(descriptors + 2);
        } finally {
            end.countDown();
        }
    }

    @Test
    void anUnknownProcessHasNone() {
        var none = new JvmFigures(1L << 30, Path.of(System.getProperty("java.home"), "bin", "jcmd"));

        assertThat(none.threads()).isZero();
        assertThatIllegalStateException().isThrownBy(none::liveHeapBytes);
    }
}
