/** Every function on one Netty server, with a Redis of its own: the local run and the container image. */
@NullMarked
package dev.gatehouse.local;

import org.jspecify.annotations.NullMarked;
