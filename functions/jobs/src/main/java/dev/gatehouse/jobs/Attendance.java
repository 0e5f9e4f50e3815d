// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import dev.gatehouse.validation.InvalidArgument;

/**
 * The announcement of a drainer that it takes again before a time. Until then, enqueuers do not start another.
 *
 * @param drainer identifies the drainer in its queue; 1 to {@link NewJob#MAX_LENGTH} visible ASCII characters
 * @param attendMillis the time until its next call of {@link JobStore#take} at most, 1 to {@link #MAX_ATTEND_MILLIS}
 * @param leaveWhenEmpty whether the drainer leaves if no job can be taken: then it attends no more, and need not take again
 */
public record Attendance(String drainer, long attendMillis, boolean leaveWhenEmpty) {

    /** The longest time of a function on Lambda: 15 minutes. */
    public static final long MAX_ATTEND_MILLIS = 900_000;

    public Attendance {
        requireDrainer(drainer);
        InvalidArgument.requireRange("attendMillis", attendMillis, 1, MAX_ATTEND_MILLIS);
    }

    static void requireDrainer(String drainer) {
        InvalidArgument.requireVisible("drainer", drainer, 1, NewJob.MAX_LENGTH);
    }

    /** Leaves out the drainer. */
    @Override
    public String toString() {
        return "Attendance[…]";
    }
}
