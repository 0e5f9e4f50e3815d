// SPDX-License-Identifier: Apache-2.0
/**
 * A minimal AWS client for connections to Redis: identity, request signatures, secrets and ElastiCache tokens. It keeps
 * cold starts short: the same parts of the SDK are 28 jars of five megabytes. The SDK's signer alone is 10 jars of 0.76
 * megabytes and takes 0.1 seconds more of the processor for the first signature, as {@code infra/bench/weight} measures.
 * Does not depend on Redis.
 */
@NullMarked
package dev.gatehouse.redis.aws;

import org.jspecify.annotations.NullMarked;
