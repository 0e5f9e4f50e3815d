/**
 * The adapter to Lettuce and Netty: opens connections on micronaut-redis's configuration, and encodes, sends and classifies
 * commands. Not for users of the library; its types may change at any time.
 */
@NullMarked
package dev.gatehouse.redis.lettuce;

import org.jspecify.annotations.NullMarked;
