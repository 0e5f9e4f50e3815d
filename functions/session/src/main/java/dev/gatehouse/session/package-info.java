/** Sessions with reliable revocation. Their tokens are opaque, and Redis stores only digests of the secrets. */
@NullMarked
package dev.gatehouse.session;

import org.jspecify.annotations.NullMarked;
