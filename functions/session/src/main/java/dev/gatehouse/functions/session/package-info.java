/** Whose session is it? The routes of the session function. */
@NullMarked
package dev.gatehouse.functions.session;

import org.jspecify.annotations.NullMarked;
