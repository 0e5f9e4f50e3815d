/**
 * The little of AWS that a connection to Redis may need: who this process is, a signature, a secret, a token for
 * ElastiCache. Small, because all of it would be loaded at a cold start; the SDK's parts for the same are 28 jars of
 * five megabytes. Knows nothing of Redis.
 */
@NullMarked
package dev.gatehouse.redis.aws;

import org.jspecify.annotations.NullMarked;
