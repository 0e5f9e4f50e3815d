// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.drain;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The work of a drainer.
 *
 * @param completed jobs that are done
 * @param failed attempts that failed; their jobs wait for a retry or are dead
 * @param lost jobs whose lease ended before their work did, or whose end Redis did not confirm; they may run again
 * @param givenBack jobs that were taken and not begun
 * @param end the reason why the drainer stopped
 * @param attended whether no job is due, or another drainer attends. If false, start another drainer: jobs are due, or Redis
 *     did not reply
 * @param nextDueAt the earliest time at which a job may be due. A drainer is needed then
 */
public record DrainReport(
        long completed,
        long failed,
        long lost,
        long givenBack,
        End end,
        boolean attended,
        Optional<Instant> nextDueAt) {

    /** The reason why a drainer stopped; a later one prevails among several workers. */
    public enum End {
        /** No job was due. */
        EMPTY,
        /** The reserve of time was reached, or the thread was interrupted. */
        TIME,
        /** Redis did not reply. */
        UNAVAILABLE
    }

    DrainReport plus(DrainReport other) {
        return new DrainReport(
                completed + other.completed,
                failed + other.failed,
                lost + other.lost,
                givenBack + other.givenBack,
                end.compareTo(other.end) >= 0 ? end : other.end,
                attended && other.attended,
                Stream.of(nextDueAt, other.nextDueAt).flatMap(Optional::stream).min(Instant::compareTo));
    }
}
