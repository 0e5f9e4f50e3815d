/** For those who run it: one command that finds out what is the matter with Redis, and one that waits until it is ready. */
@NullMarked
package dev.gatehouse.local.doctor;

import org.jspecify.annotations.NullMarked;
