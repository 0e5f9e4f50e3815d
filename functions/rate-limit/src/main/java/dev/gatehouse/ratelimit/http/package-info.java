/** {@code POST /v1/rate-limits/…}: the rate limiter over HTTP. */
@NullMarked
package dev.gatehouse.ratelimit.http;

import org.jspecify.annotations.NullMarked;
