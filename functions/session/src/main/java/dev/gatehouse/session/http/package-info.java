/** Whose session is it? The routes of the session function. */
@NullMarked
package dev.gatehouse.session.http;

import org.jspecify.annotations.NullMarked;
