// SPDX-License-Identifier: Apache-2.0
/**
 * Decides whether a request may pass the gateway: by its session, and by the limits of its user and its address.
 * Sessions and rate limits remain separate domains; one decision on both takes one round trip.
 * Depends on these two domains and the core.
 */
@NullMarked
package dev.gatehouse.authorizer;

import org.jspecify.annotations.NullMarked;
