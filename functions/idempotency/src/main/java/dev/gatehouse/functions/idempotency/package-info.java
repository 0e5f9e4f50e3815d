/** Has it been done already? The routes of the idempotency function. */
@NullMarked
package dev.gatehouse.functions.idempotency;

import org.jspecify.annotations.NullMarked;
