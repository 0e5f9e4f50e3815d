/**
 * Has it been done already? Claims on idempotency keys: of all who would do the same work one does it, and the others
 * are told its result.
 */
@NullMarked
package dev.gatehouse.idempotency;

import org.jspecify.annotations.NullMarked;
