/** Is the store well? Asked over HTTP, and by schedule. */
@NullMarked
package dev.gatehouse.functions.health;

import org.jspecify.annotations.NullMarked;
