// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

/**
 * The treatment of a new job whose id a waiting or active job has. A dead one is replaced, whatever the treatment.
 *
 * <table>
 * <caption>The outcome</caption>
 * <tr><td></td><td>a waiting one</td><td>an active one</td></tr>
 * <tr><td>{@link #KEEP}</td><td>kept</td><td>kept</td></tr>
 * <tr><td>{@link #REPLACE}</td><td>replaced</td><td>after; the active one does not run again</td></tr>
 * <tr><td>{@link #AFTER}</td><td>kept</td><td>after</td></tr>
 * </table>
 */
public enum OnDuplicate {
    /** The present job remains, and the new one is dropped. */
    KEEP,
    /**
     * The new job takes the place of a waiting one: a debounce. It follows an active one, which is not retried if its
     * lease ends without completion.
     */
    REPLACE,
    /**
     * The new job runs once when the active one is completed, dead or expired, and its life begins then. A later
     * one takes its place.
     */
    AFTER
}
