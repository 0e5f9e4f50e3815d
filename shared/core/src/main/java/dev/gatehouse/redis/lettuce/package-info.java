// SPDX-License-Identifier: Apache-2.0
/**
 * The adapter to Lettuce and Netty. It opens connections by micronaut-redis's configuration, sends commands and classifies
 * failures. Not for users of the library; its types may change at any time. Depends on the
 * configuration, not on the link.
 */
@NullMarked
package dev.gatehouse.redis.lettuce;

import org.jspecify.annotations.NullMarked;
