/**
 * The operator's commands: one diagnoses problems with Redis, and one waits until it is ready. Depends on the core only.
 */
@NullMarked
package dev.gatehouse.local.doctor;

import org.jspecify.annotations.NullMarked;
