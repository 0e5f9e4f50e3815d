/** What every Lambda package shares: the entry point for API Gateway events, and what it knows of caller and time. */
@NullMarked
package dev.gatehouse.lambda;

import org.jspecify.annotations.NullMarked;
