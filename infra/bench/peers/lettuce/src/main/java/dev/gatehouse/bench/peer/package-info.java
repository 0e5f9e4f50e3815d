/** One way to check a limit, to be measured beside ours. */
@NullMarked
package dev.gatehouse.bench.peer;

import org.jspecify.annotations.NullMarked;
