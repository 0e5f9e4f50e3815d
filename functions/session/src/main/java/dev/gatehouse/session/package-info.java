/** Whose session is it: sessions that stay revoked, known by tokens of which Redis holds a digest only. */
@NullMarked
package dev.gatehouse.session;

import org.jspecify.annotations.NullMarked;
