/** How a process on Lambda gets ready for its first request, be it started for good or for a snapshot. */
@NullMarked
package dev.gatehouse.start;

import org.jspecify.annotations.NullMarked;
