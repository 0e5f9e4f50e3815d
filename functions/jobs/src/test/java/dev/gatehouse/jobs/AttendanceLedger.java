// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The drainers that will take again, by the contract of {@link JobStore}: those that attend, and those that a caller has started
 * because none attended.
 */
final class AttendanceLedger {

    /** Drainers that have not left, by the end of their attendance. */
    private final Map<String, Long> attending = new TreeMap<>();

    private final Set<String> dead = new HashSet<>();
    private final List<String> started = new ArrayList<>();
    private int count;

    /** Records the report of a call. If no drainer attends, the caller starts one, which has not taken yet. */
    void reported(boolean attended) {
        if (!attended) {
            start();
        }
    }

    void start() {
        started.add("drainer-" + count++);
    }

    void took(String drainer, long until, boolean left) {
        started.remove(drainer);
        attending.remove(drainer);
        if (!left) {
            attending.put(drainer, until);
        }
    }

    void left(String drainer, boolean attended) {
        attending.remove(drainer);
        reported(attended);
    }

    void died(String drainer) {
        if (attending.containsKey(drainer)) {
            dead.add(drainer);
        }
    }

    List<String> alive() {
        var alive = new ArrayList<>(attending.keySet());
        alive.removeAll(dead);
        alive.addAll(started);
        return alive;
    }

    /** Returns whether a drainer will take again, or has died and its attendance is not over. */
    boolean isAwaited(long now) {
        return !alive().isEmpty() || isAnnounced(now);
    }

    /** Returns whether a drainer has announced that it attends. */
    boolean isAnnounced(long now) {
        return attending.values().stream().anyMatch(end -> end > now);
    }
}
