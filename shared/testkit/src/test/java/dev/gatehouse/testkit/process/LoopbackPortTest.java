// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoopbackPortTest {

    /** About fifty of 1,000 random ports out of 10,000 would be the same. */
    @Test
    void noTwoTestsGetOnePort() {
        var ports = IntStream.range(0, 1_000)
                .parallel()
                .mapToObj(_ -> LoopbackPort.free())
                .toList();

        assertThat(ports).doesNotHaveDuplicates();
    }
}
