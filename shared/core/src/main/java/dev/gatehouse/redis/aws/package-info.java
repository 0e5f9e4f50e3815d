/**
 * A minimal AWS client for connections to Redis: identity, request signatures, secrets and ElastiCache tokens. It keeps
 * cold starts short; the same parts of the SDK are 28 jars of five megabytes. Does not depend on Redis.
 */
@NullMarked
package dev.gatehouse.redis.aws;

import org.jspecify.annotations.NullMarked;
