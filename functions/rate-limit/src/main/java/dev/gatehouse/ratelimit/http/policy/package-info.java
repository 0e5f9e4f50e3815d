// SPDX-License-Identifier: Apache-2.0
/**
 * The routes of policies, and the members that state a limit. Depends on the domain and on the web, and on no other routes.
 */
@NullMarked
package dev.gatehouse.ratelimit.http.policy;

import org.jspecify.annotations.NullMarked;
