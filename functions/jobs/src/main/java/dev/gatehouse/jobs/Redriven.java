// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import java.util.List;

/**
 * The outcome of redriving dead jobs.
 *
 * @param ids the ids of the dead jobs that wait again, in the order of the call; the others were not dead
 * @param attended whether no job is ready, or a drainer attends. If false, the caller starts a drainer; also after a repeated call,
 *     which finds no dead job
 */
public record Redriven(List<String> ids, boolean attended) {

    public Redriven {
        ids = List.copyOf(ids);
    }
}
