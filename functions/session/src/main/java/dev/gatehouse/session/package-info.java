// SPDX-License-Identifier: Apache-2.0
/**
 * Sessions with reliable revocation. Their tokens are opaque, and Redis stores only digests of the secrets. Depends on the
 * core only.
 */
@NullMarked
package dev.gatehouse.session;

import org.jspecify.annotations.NullMarked;
