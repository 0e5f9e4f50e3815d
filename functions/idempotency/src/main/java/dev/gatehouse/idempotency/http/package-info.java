/** Has it been done already? The routes of the idempotency function. */
@NullMarked
package dev.gatehouse.idempotency.http;

import org.jspecify.annotations.NullMarked;
