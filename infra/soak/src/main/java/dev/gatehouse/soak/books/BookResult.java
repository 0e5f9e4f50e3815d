// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak.books;

import java.util.List;

/**
 * Counts of one book.
 *
 * @param judged episodes that Redis decided and that were right
 * @param abandoned episodes with an answer that was degraded, a 503 or missing
 * @param lost episodes that a failover made wrong
 * @param wrong descriptions of wrong answers, up to a limit
 */
public record BookResult(String book, long requests, long judged, long abandoned, long lost, List<String> wrong) {}
