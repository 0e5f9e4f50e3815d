/** What Lambda runs of the health function beside its routes: the scheduled check. */
@NullMarked
package dev.gatehouse.health.lambda;

import org.jspecify.annotations.NullMarked;
