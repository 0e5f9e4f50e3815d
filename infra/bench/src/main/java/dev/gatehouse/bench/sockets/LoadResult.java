// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.sockets;

import java.io.IOException;
import java.util.Arrays;

/**
 * The result of a load, as one line of text between the processes.
 *
 * @param sent the number of publications
 * @param delivered the number of messages that the members received
 * @param lost the number that they did not
 * @param doubledOrDisordered the number that arrived again or after a later one
 * @param refused the number of errors that the server sent, and of connections that it closed
 */
record LoadResult(
        long sent, long delivered, long lost, long doubledOrDisordered, long refused, long p50Micros, long p99Micros) {

    private static final String PREFIX = "result ";

    String line() {
        return PREFIX
                + "%d %d %d %d %d %d %d"
                        .formatted(sent, delivered, lost, doubledOrDisordered, refused, p50Micros, p99Micros);
    }

    /** @throws IOException if the line has no result */
    static LoadResult of(String line) throws IOException {
        if (!line.startsWith(PREFIX)) {
            throw new IOException(line);
        }
        var numbers = Arrays.stream(line.substring(PREFIX.length()).split(" "))
                .mapToLong(Long::parseLong)
                .toArray();
        return new LoadResult(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]);
    }

    boolean isComplete() {
        return lost == 0 && doubledOrDisordered == 0 && refused == 0;
    }
}
