/** Watches the connections of the Netty server. */
@NullMarked
package dev.gatehouse.local.netty;

import org.jspecify.annotations.NullMarked;
